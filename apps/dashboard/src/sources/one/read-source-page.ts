import type { FastifyRequest } from "fastify";
import type { ConnectionsContext } from "../../connections/connections-context.ts";
import { intakeUrlFor } from "../../snippets/intake-url.ts";
import type { SourcePath } from "../source-path.ts";
import type { SourcePage } from "./source-page.ts";

/** What the page of a source shows; `undefined` when there is no such source. */
export async function readSourcePage(
  context: ConnectionsContext,
  request: FastifyRequest<SourcePath>,
): Promise<SourcePage | undefined> {
  const source = await context.sources.get(request.params.id);
  if (!source) return undefined;
  const connections = await context.store.list();
  const { viewer } = request;
  return { source, connections, intakeUrl: intakeUrlFor(context, request), viewer };
}
