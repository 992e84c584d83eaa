import { isOk, isRefused, openConnection } from "../http/connection.ts";
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
  const startedAt = performance.now();
  const endsAt = startedAt + durationMs;

  async function sendOnAndOn(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let sentAt = performance.now();
    const connection = await openConnection({
      port,
      onEnd: reject,
      onAnswer(answer) {
        const now = performance.now();
        if (isOk(answer)) latencies.push(now - sentAt);
        else if (isRefused(answer)) refused += 1;
        else return reject(new Error(`answered: ${answer.slice(0, 400)}`));
        if (now >= endsAt) return resolve();
        sentAt = now;
        connection.send(requests());
      },
    });
    connection.send(requests());
    await promise.finally(connection.close);
  }

  await Promise.all(Array.from({ length: connections }, sendOnAndOn));
  const seconds = (performance.now() - startedAt) / 1_000;
  const latenciesMs = Float64Array.from(latencies).sort();
  return { requests: latenciesMs.length, refused, seconds, latenciesMs };
}

/** Of sorted values. */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
