import { writeJobData } from "@customerio-router/messages";
import { defineScript, goneKey, outboxKeys, type RedisClient } from "@customerio-router/redis";
import { writeBody } from "./element.ts";
import { outboxing } from "./outbox.ts";
import type { MessageRecord } from "./record.ts";
import { entryOf, traceOf } from "./record-parts.ts";
import { writeTraces } from "./traces.ts";

const append = defineScript<number>(
  "appendRecords",
  `${outboxing}
   local outbox, meta, gone = unpack(KEYS)
   if redis.call('EXISTS', gone) == 1 then return 0 end
   for at = 1, #ARGV, 2 do appendBody(outbox, meta, ARGV[at], 1, ARGV[at + 1]) end
   return 1`,
);

/** Appends records that were made elsewhere than by a settlement, oldest first; none of a connection that was deleted. */
export async function appendRecords(
  redis: RedisClient,
  connectionId: string,
  records: MessageRecord[],
): Promise<void> {
  const { outbox, meta } = outboxKeys(connectionId);
  const elements = records.flatMap((record) => [record.atMs, bodyOf(record)]);
  await append(redis, [outbox, meta, goneKey(connectionId)], elements);
}

function bodyOf(record: MessageRecord): string {
  const data = writeJobData({ entries: [entryOf(record)] });
  return writeBody({ jobId: record.jobId, data, traces: writeTraces([traceOf(record)]) });
}
