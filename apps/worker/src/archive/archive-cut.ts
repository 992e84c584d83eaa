import type { Archive, ArchiveLine } from "@customerio-router/archive";
import { type Lease, type Outbox, type OutboxCut, openOutbox } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { readElementTexts } from "@customerio-router/reports";
import { toLine } from "./to-line.ts";

/** So many bytes of job data and records are archived before their time. */
const dueBytes = 32_000_000;
/** Of one cut. A message is found sooner in large segments, a person's in small ones: bench/archive has the figures. */
const maxBytes = 8_000_000;

/**
 * Archives what is due of a connection, cut by cut. A cut leaves Redis once it is in the archive; interrupted anywhere, the
 * next owner archives the same cut again, which changes nothing.
 * @throws FencedError, ArchiveError
 */
export async function archiveDue(options: {
  redis: RedisClient;
  archive: Pick<Archive, "writeCut">;
  lease: Lease;
  /** Unix milliseconds: what was settled before is due. */
  dueBeforeMs: number;
}): Promise<number> {
  const { redis, archive, lease, dueBeforeMs } = options;
  const outbox = openOutbox({ redis, lease });
  let archived = 0;
  for (;;) {
    const cut = await outbox.open({ dueBytes, maxBytes, dueBeforeMs });
    if (cut === undefined) return archived;
    const counted = { messages: 0 };
    const lines = linesOf(redis, lease.connectionId, { outbox, cut, counted });
    const { outcome } = await archive.writeCut(lease.connectionId, cut, lines, { mayWrite: lease.isHeld });
    if (outcome === "refused") return archived;
    await outbox.remove(cut);
    archived += counted.messages;
  }
}

async function* linesOf(
  redis: RedisClient,
  connectionId: string,
  { outbox, cut, counted }: { outbox: Outbox; cut: OutboxCut; counted: { messages: number } },
): AsyncGenerator<ArchiveLine[], void, undefined> {
  for await (const elements of outbox.read(cut)) {
    const lines = (await readElementTexts(redis, connectionId, elements)).map(toLine);
    counted.messages += lines.length;
    yield lines;
  }
}
