import type { ArchiveLine, LineHead } from "@customerio-router/archive";
import type { RecordText } from "@customerio-router/reports";

/** A message with its outcome as the archive has it: the parts of its record joined, of which only the head is read. */
export function toLine({ jobId, atMs, entry, trace }: RecordText): ArchiveLine {
  const settledAt = writeTime(atMs);
  const head = JSON.parse(`{${trace.fields.slice(0, trace.fields.indexOf(',"operations":['))}}`);
  const receivedAt = head.receivedAt === undefined ? `"receivedAt":"${settledAt}",` : "";
  const settled = `"settledAt":"${settledAt}","jobId":${JSON.stringify(jobId)},"attempts":${trace.attempts}`;
  return {
    head: { receivedAt: settledAt, settledAt, ...head } satisfies LineHead,
    text: `{${trace.fields},${receivedAt}${settled},${entry.slice(1)}`,
  };
}

let former = { atMs: 0, text: "" };

/** Messages are settled by the hundred at one time. */
function writeTime(atMs: number): string {
  if (atMs !== former.atMs) former = { atMs, text: new Date(atMs).toISOString() };
  return former.text;
}
