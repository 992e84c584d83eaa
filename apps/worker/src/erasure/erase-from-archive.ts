import type { Archive } from "@customerio-router/archive";
import type { Lease } from "@customerio-router/queue";
import { archiveDue } from "../archive/archive-cut.ts";
import type { EraseContext } from "./erase-context.ts";

/** A cut that an owner before left half written is finished first, without the people: then no owner writes it as it was. */
export async function eraseFromArchive(
  { redis }: EraseContext,
  lease: Lease,
  people: string[],
  archive: Archive,
): Promise<{ archived: number; unreachable: string[] } | undefined> {
  await archiveDue({ redis, archive, lease, dueBeforeMs: 0 });
  const result = await archive.rewrite(lease.connectionId, people, () => false, { mayWrite: lease.isHeld });
  if (result.outcome === "refused") return undefined;
  const unreachable = archive.where.startsWith("s3:")
    ? ["Earlier versions of the archive's files, if the bucket keeps versions"]
    : [];
  if (result.damaged.length > 0) {
    unreachable.push(`${result.damaged.length} damaged segments of the archive, which cannot be read`);
  }
  return { archived: result.removedLines, unreachable };
}
