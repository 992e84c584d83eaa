import { type Previewed, previewInput, type RulesPreview } from "@customerio-router/connections";
import type { ConnectionsContext } from "../connections/connections-context.ts";
import type { Privacy } from "../privacy/privacy.ts";

type PreviewContext = Pick<ConnectionsContext, "redis" | "store" | "rules" | "archive"> & {
  privacy: Privacy;
};

/** A page waits for it. */
const budgetMs = 10_000;

/** As `previewInput`, with examples as this dashboard may show them. */
export async function previewConnectionRules(
  { archive, privacy, ...context }: PreviewContext,
  connectionId: string,
  input: unknown,
): Promise<Previewed | undefined> {
  const seen = { ...context, archive: await archive.find(), budgetMs };
  const previewed = await previewInput(seen, connectionId, input);
  return previewed?.ok ? { ok: true, preview: maskExamples(previewed.preview, privacy) } : previewed;
}

function maskExamples(preview: RulesPreview, privacy: Privacy): RulesPreview {
  const maskSide = <Side extends { message: unknown; operations: unknown[] }>(side: Side): Side => ({
    ...side,
    message: privacy.mask(side.message),
    operations: side.operations.map(privacy.mask),
  });
  const examples = preview.examples.map(({ before, after, ...more }) => ({
    ...more,
    before: maskSide(before),
    after: maskSide(after),
  }));
  return { ...preview, examples };
}
