import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { messageLimits } from "@customerio-router/messages";
import { Refusal } from "./refusal.ts";

const { bodyBytes } = messageLimits;

type Unpack = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const encodings: ReadonlyMap<string, Unpack> = new Map([
  ["identity", async (bytes) => bytes],
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
]);

const tooLarge = new Refusal(
  400,
  "body-too-large",
  `A body must be at most ${bodyBytes.toLocaleString("en")} bytes, unpacked.`,
  { limit: bodyBytes },
);

/**
 * Reads a request's body as JSON, whatever its content type says, and unpacks it, all under one cap. What is beyond
 * the cap is read on and thrown away: a client that is still sending does not see an answer, only a broken connection.
 *
 * `__proto__` and its like are keys as any other: `JSON.parse` makes them properties of their own.
 */
export async function readJson(request: IncomingMessage): Promise<{ json: unknown } | Refusal> {
  const encoding = request.headers["content-encoding"]?.trim().toLowerCase() || "identity";
  const unpack = encodings.get(encoding);
  if (unpack === undefined)
    return new Refusal(400, "unknown-encoding", "Content-Encoding must be gzip, deflate or br.");
  const packed = await readBytes(request);
  if (packed instanceof Refusal) return packed;
  if (packed.length === 0) return new Refusal(400, "empty-body", "The body must be JSON; it is empty.");
  const bytes = await unpack(packed, { maxOutputLength: bodyBytes }).catch(refuseUnpacking);
  return bytes instanceof Refusal ? bytes : parseJson(bytes);
}

function readBytes(request: IncomingMessage): Promise<Buffer | Refusal> {
  const { promise, resolve } = Promise.withResolvers<Buffer | Refusal>();
  const chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= bodyBytes) return void chunks.push(chunk);
    chunks.length = 0;
    resolve(tooLarge);
  });
  request.on("end", () => resolve(Buffer.concat(chunks)));
  request.on("error", () => resolve(new Refusal(400, "broken-body", "The body broke off.")));
  return promise;
}

function refuseUnpacking(error: NodeJS.ErrnoException): Refusal {
  if (error.code === "ERR_BUFFER_TOO_LARGE") return tooLarge;
  return new Refusal(400, "broken-encoding", "The body is not what its Content-Encoding says.");
}

function parseJson(bytes: Buffer): { json: unknown } | Refusal {
  try {
    return { json: JSON.parse(decoder.decode(bytes)) };
  } catch {
    return new Refusal(400, "malformed-json", "The body must be JSON; it cannot be read as such.");
  }
}

/** Leaves out a byte order mark. */
const decoder = new TextDecoder();
