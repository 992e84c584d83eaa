import { type ImportedCall, type RefusedLine, readCall } from "./read-call.ts";
import type { Line } from "./read-lines.ts";

/** Some lines of a file, in order: what is to be sent of them, and what cannot be. `bytes`: of the file, up to the last one. */
export type Batch = { lastLine: number; bytes: number; calls: ImportedCall[]; refused: RefusedLine[] };

const maxCalls = 500;
/** Well below what the intake takes in one body. */
const maxBytes = 1_000_000;
/** Lines without a call to send are settled now and then too. */
const maxRefused = 5_000;

/** Cuts lines into batches; empty lines are passed over. */
export async function* intoBatches(
  lines: AsyncIterable<Line>,
  { after }: { after: number },
): AsyncGenerator<Batch> {
  let batch: Batch = { lastLine: after, bytes: 0, calls: [], refused: [] };
  let size = 0;
  for await (const line of lines) {
    if (line.number <= after) continue;
    batch.lastLine = line.number;
    batch.bytes = line.bytes;
    if (line.text.trim() === "") continue;
    const read = readCall(line);
    if ("call" in read) batch.calls.push(read.call);
    else batch.refused.push(read.refused);
    size += Buffer.byteLength(line.text);
    const { calls, refused, lastLine, bytes } = batch;
    if (calls.length < maxCalls && refused.length < maxRefused && size < maxBytes) continue;
    yield batch;
    batch = { lastLine, bytes, calls: [], refused: [] };
    size = 0;
  }
  yield batch;
}
