import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Requests } from "./requests.ts";

export type LoadResult = {
  /** Answered 200. */
  requests: number;
  /** Answered 429: what an SDK would send again. */
  refused: number;
  seconds: number;
  /** Of each request, from the write to the whole answer. */
  latenciesMs: Float64Array;
};

/**
 * Sends from as many connections as said, one request after the other on each, for a while. Bare sockets and prepared
 * bytes: a client that works harder than the server would measure itself.
 *
 * @throws when an answer is neither 200 nor 429
 */
export async function load(options: {
  port: number;
  connections: number;
  requests: Requests;
  durationMs: number;
}): Promise<LoadResult> {
  const { port, connections, requests, durationMs } = options;
  const sockets = Array.from({ length: connections }, () => connect(port, "127.0.0.1").setNoDelay(true));
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  const tally = { latenciesMs: [] as number[], refused: 0 };
  const startedAt = performance.now();
  const endsAt = startedAt + durationMs;
  try {
    await Promise.all(sockets.map((socket) => sendUntil(socket, { requests, endsAt, tally })));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const latenciesMs = Float64Array.from(tally.latenciesMs).sort();
  return { requests: latenciesMs.length, refused: tally.refused, seconds, latenciesMs };
}

function sendUntil(
  socket: Socket,
  options: { requests: Requests; endsAt: number; tally: { latenciesMs: number[]; refused: number } },
): Promise<void> {
  const { requests, endsAt, tally } = options;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let sentAt = performance.now();
  let received = "";
  socket.setEncoding("latin1");
  socket.on("error", reject).on("close", () => reject(new Error("the server closed a connection")));
  socket.on("data", (chunk: string) => {
    received = received === "" ? chunk : received + chunk;
    if (!isWhole(received)) return;
    const now = performance.now();
    if (received.startsWith("HTTP/1.1 200")) tally.latenciesMs.push(now - sentAt);
    else if (received.startsWith("HTTP/1.1 429")) tally.refused += 1;
    else return reject(new Error(`answered: ${received.slice(0, 400)}`));
    received = "";
    if (now >= endsAt) return resolve();
    sentAt = now;
    socket.write(requests());
  });
  socket.write(requests());
  return promise;
}

function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd === -1) return false;
  const [, length = "0"] = /content-length: (\d+)/i.exec(answer) ?? [];
  return answer.length >= headEnd + 4 + Number(length);
}

/** Of sorted values. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
