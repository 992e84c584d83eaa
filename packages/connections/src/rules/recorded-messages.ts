import type { Archive, ArchivedMessage } from "@customerio-router/archive";
import type { RedisClient } from "@customerio-router/redis";
import { listRecords, type MessageRecord } from "@customerio-router/reports";

/** A settled message, as Redis or the archive has it. */
export type RecordedMessage = Pick<MessageRecord, "messageId" | "message" | "warnings" | "treated" | "from">;

type RecordedSource = {
  redis: RedisClient;
  /** Has what came before all that Redis has. */
  archive: Pick<Archive, "search"> | undefined;
  connectionId: string;
};

const recordsAtOnce = 500;
const linesAtOnce = 500;
/** How long one search of the archive may take before it is asked to go on. */
const searchMs = 500;

/** The settled messages of a connection, newest first, in portions. What is left of erased people's is left out. */
export async function* recordedMessages(
  source: RecordedSource,
): AsyncGenerator<RecordedMessage[], void, undefined> {
  const seen = new Set<string>();
  const isNew = ({ jobId, messageId, message }: { jobId: string; messageId: string; message: unknown }) => {
    // What is being archived is in both for a moment.
    const key = `${jobId} ${messageId}`;
    if (seen.has(key) || typeof message === "string") return false;
    seen.add(key);
    return true;
  };
  for await (const records of recordsInRedis(source)) yield records.filter(isNew);
  for await (const lines of linesInArchive(source)) yield lines.filter(isNew);
}

async function* recordsInRedis({ redis, connectionId }: RecordedSource): AsyncGenerator<MessageRecord[]> {
  let before: string | undefined;
  do {
    const { records, next } = await listRecords(redis, connectionId, { limit: recordsAtOnce, before });
    yield records.filter(({ reason }) => reason !== "erased");
    before = next;
  } while (before !== undefined);
}

async function* linesInArchive({ archive, connectionId }: RecordedSource): AsyncGenerator<ArchivedMessage[]> {
  if (!archive) return;
  let cursor: string | undefined;
  do {
    const page = await archive.search(
      connectionId,
      {},
      { limit: linesAtOnce, budgetMs: searchMs, ...(cursor !== undefined && { cursor }) },
    );
    yield page.lines.filter(({ reason }) => reason !== "erased");
    cursor = page.cursor;
  } while (cursor !== undefined);
}
