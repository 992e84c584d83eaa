import { defineScript, goneKey, outboxKeys, type RedisClient } from "@customerio-router/redis";
import type { Outcome } from "../outcome.ts";
import { writeBody } from "./element.ts";
import { outboxing } from "./outbox.ts";
import type { MessageRecord } from "./record.ts";
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

function bodyOf({
  jobId,
  message,
  salvaged,
  warnings,
  replay,
  operations,
  ...record
}: MessageRecord): string {
  const { requests, attempts } = record;
  const entry = {
    message,
    ...(salvaged && { salvaged }),
    ...(warnings && { warnings }),
    ...(replay && { replay }),
  };
  const trace = {
    outcome: outcomeOf(record),
    requests,
    attempts,
    operations: operations.map((operation) => JSON.stringify(operation)),
  };
  return writeBody({ jobId, entries: [entry], traces: writeTraces([trace]) });
}

function outcomeOf({
  outcome: kind,
  reason = "",
  rejection,
}: Pick<MessageRecord, "outcome" | "reason" | "rejection">): Outcome {
  if (kind === "rejected") return { kind, rejection: rejection ?? { reason: "unknown", message: "" } };
  return kind === "skipped" ? { kind, reason } : { kind };
}
