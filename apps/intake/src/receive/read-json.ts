import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { type JsonRead, messageLimits, type ReadChanges, readJsonText } from "@customerio-router/messages";
import type { BodyClaim } from "../limits/body-memory.ts";
import type { MinimumRate } from "../limits/minimum-rate.ts";
import { createSemaphore } from "../limits/semaphore.ts";
import { Refusal, UnreadableBody } from "./refusal.ts";
import { salvage } from "./salvage/salvage.ts";
import { textDecoderOf } from "./text-decoder-of.ts";

const { bodyBytes } = messageLimits;

type Unpack = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const asItIs: Unpack = async (bytes) => bytes;

const encodings: ReadonlyMap<string, Unpack> = new Map([
  ["identity", asItIs],
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
]);

/** Node unpacks four at a time, but lets all that wait grow: a thousand of the smallest bodies may hold 4 GB. */
const inTurns = createSemaphore(8);

const tooLarge = new Refusal(
  400,
  "body-too-large",
  `A body must be at most ${bodyBytes.toLocaleString("en")} bytes, unpacked.`,
  { limit: bodyBytes },
);

const tooBusy = new Refusal(
  429,
  "too-busy",
  "The memory for bodies is full at the moment: send it again later.",
);

/** The client is gone: this reply is only counted and logged. */
const tooSlow = new Refusal(429, "too-slow", "The body arrived at less than 1 KB per second.");

const brokenOff = new Refusal(400, "broken-body", "The body was cut off.");

/** `isSalvaged`: the body was no JSON, and `json` is what could be saved of it. `bytes`: of the body, unpacked. */
export type ReadBody = JsonRead & { isSalvaged: boolean; bytes: number };

/**
 * Reads a request's body as JSON and unpacks it, within one size limit. Of its content type only the charset counts.
 * Bytes beyond the limit are read and dropped: a client that is still sending sees no reply, only a broken connection.
 * Large integers keep all their digits. `__proto__` and similar keys become ordinary properties.
 */
export async function readJson(
  request: IncomingMessage,
  bounds: { memory: Pick<BodyClaim, "take">; minimumRate: MinimumRate },
): Promise<ReadBody | Refusal> {
  const encoding = request.headers["content-encoding"]?.trim().toLowerCase() || "identity";
  const unpack = encodings.get(encoding);
  if (unpack === undefined)
    return new Refusal(400, "unknown-encoding", "Content-Encoding must be gzip, deflate or br.");
  const packed = await readBytes(request, bounds);
  if (packed instanceof Refusal) return packed;
  if (packed.length === 0) return new Refusal(400, "empty-body", "The body must be JSON; it is empty.");
  const decoder = textDecoderOf(request);
  if (unpack === asItIs) return parseBody(decoder.decode(packed), packed.length);
  const bytes = await inTurns(() => unpack(packed, { maxOutputLength: bodyBytes }).catch(refuseUnpacking));
  if (bytes instanceof Refusal) return bytes;
  return bounds.memory.take(bytes.length) ? parseBody(decoder.decode(bytes), bytes.length) : tooBusy;
}

function readBytes(
  request: IncomingMessage,
  { memory, minimumRate }: Parameters<typeof readJson>[1],
): Promise<Buffer | Refusal> {
  // It may have gone while its write key was looked up; then no event would come.
  if (request.destroyed) return Promise.resolve(brokenOff);
  const { promise, resolve } = Promise.withResolvers<Buffer | Refusal>();
  const chunks: Buffer[] = [];
  let size = 0;
  let refusal: Refusal | undefined;
  const pace = minimumRate.watch(() => {
    resolve(tooSlow);
    request.destroy();
  });
  request.on("data", (chunk: Buffer) => {
    pace.received(chunk.length);
    size += chunk.length;
    if (size > bodyBytes) refusal ??= tooLarge;
    else if (!refusal && !memory.take(chunk.length)) refusal = tooBusy;
    if (!refusal) return void chunks.push(chunk);
    chunks.length = 0;
    resolve(refusal);
  });
  request.on("end", () => {
    pace.stop();
    resolve(Buffer.concat(chunks));
  });
  for (const event of ["error", "close"]) {
    request.on(event, () => {
      pace.stop();
      resolve(brokenOff);
    });
  }
  return promise;
}

function refuseUnpacking(error: NodeJS.ErrnoException): Refusal {
  if (error.code === "ERR_BUFFER_TOO_LARGE") return tooLarge;
  return new Refusal(400, "broken-encoding", "The body is not what its Content-Encoding says.");
}

function parseBody(text: string, bytes: number): ReadBody | Refusal {
  try {
    return { ...readJsonText(text), isSalvaged: false, bytes };
  } catch (error) {
    const saved = salvageBody(text, bytes);
    if (saved !== undefined) return saved;
    const { cause, message } = error as SyntaxError;
    const why = cause === undefined ? "it cannot be parsed" : message;
    return new UnreadableBody(400, "malformed-json", `The body must be JSON; ${why}.`, text);
  }
}

function salvageBody(text: string, bytes: number): ReadBody | undefined {
  const changes: ReadChanges = new Map();
  let warningsOf: JsonRead["warningsOf"];
  const json = salvage(text, (part) => {
    const read = readJsonText(part, changes);
    warningsOf ??= read.warningsOf;
    return read.json;
  });
  if (json === undefined) return undefined;
  return { json, isSalvaged: true, bytes, ...(warningsOf && { warningsOf }) };
}
