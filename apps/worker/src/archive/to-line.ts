import type { ArchivedMessage } from "@customerio-router/archive";
import { valueAt } from "@customerio-router/messages";
import type { MessageRecord } from "@customerio-router/reports";

/** A message with its outcome as the archive has it. */
export function toLine(record: MessageRecord): ArchivedMessage {
  const { messageId, atMs, outcome, reason, rejection, jobId, message } = record;
  const { requests, attempts, operations, salvaged, warnings, replay } = record;
  const why = rejection?.reason ?? reason;
  return {
    messageId,
    receivedAt: receivedAtOf(message) ?? writeTime(atMs),
    settledAt: writeTime(atMs),
    outcome,
    ...(why !== undefined && { reason: why }),
    ...(rejection && { rejection }),
    requests,
    attempts,
    operations,
    ulids: operations.flatMap((operation) => {
      const id = valueAt(operation, "id");
      return typeof id === "string" ? [id] : [];
    }),
    jobId,
    ...(replay && { source: "replay" }),
    message,
    ...(salvaged && { salvaged }),
    ...(warnings && { warnings }),
  };
}

/** What intake stamped; what it rejected may say anything. */
function receivedAtOf(message: unknown): string | undefined {
  const text = valueAt(message, "receivedAt");
  return typeof text === "string" && /^20\d\d-\d\d-\d\dT[\d:.]+Z$/.test(text) ? text : undefined;
}

let former = { atMs: 0, text: "" };

/** Messages are settled by the hundred at one time. */
function writeTime(atMs: number): string {
  if (atMs !== former.atMs) former = { atMs, text: new Date(atMs).toISOString() };
  return former.text;
}
