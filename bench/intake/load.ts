import { isOk, isRefused, openConnection } from "../http/connection.ts";
import type { Requests } from "./requests.ts";

type LoadResult = {
  /** Answered 200. */
  requests: number;
  /** Answered 429: what an SDK would send again. */
  refused: number;
  seconds: number;
  /** Of each request, from the write to the whole answer. */
  latenciesMs: Float64Array;
};

/**
 * Sends from as many connections as said, one request after the other on each, for a while.
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
  const latencies: number[] = [];
  let refused = 0;
  let endsAt = Number.POSITIVE_INFINITY;

  async function openSender(): Promise<{ sendOnAndOn(): Promise<void>; close(): void }> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let sentAt = 0;
    const connection = await openConnection({
      port,
      onEnd: reject,
      onAnswer(answer) {
        const now = performance.now();
        if (isOk(answer)) latencies.push(now - sentAt);
        else if (isRefused(answer)) refused += 1;
        else return reject(new Error(`answered: ${answer.slice(0, 400)}`));
        if (now >= endsAt) return resolve();
        send();
      },
    });
    function send(): void {
      sentAt = performance.now();
      connection.send(requests());
    }
    return {
      sendOnAndOn() {
        send();
        return promise;
      },
      close: connection.close,
    };
  }

  const senders = await Promise.all(Array.from({ length: connections }, openSender));
  const startedAt = performance.now();
  endsAt = startedAt + durationMs;
  try {
    await Promise.all(senders.map((sender) => sender.sendOnAndOn()));
  } finally {
    for (const sender of senders) sender.close();
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const latenciesMs = Float64Array.from(latencies).sort();
  return { requests: latenciesMs.length, refused, seconds, latenciesMs };
}

/** Of sorted values. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
