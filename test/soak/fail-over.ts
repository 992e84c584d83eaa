import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@customerio-router/fixtures";
import { sendNumbered } from "../send.ts";
import type { Link } from "../system.ts";
import type { SoakedRedis } from "./open-redis.ts";

/** How long it took, in milliseconds: until a replica was promoted, and the longest time without an arrival. */
export type FailOverSeen = { connection: string; promotedMs: number; pauseMs: number };

/**
 * Has a replica of the connection's primary take over, and waits until a message that was sent meanwhile has arrived. Until then
 * there is something to deliver, so that a pause between two arrivals is one of ours.
 */
export async function failOver(redis: SoakedRedis, link: Link): Promise<FailOverSeen> {
  const { id, name } = link.connection;
  const begunAt = performance.now();
  const pause = measurePause(link);
  const { mend } = await redis.failOver(id);
  const promotedMs = performance.now() - begunAt;
  const person = `sent-in-fail-over-${Math.round(begunAt)}`;
  await sendNumbered(link, { ledger: link.ledger, persons: [person], count: 1, groupSize: 1 });
  const pauseMs = await pause.until(person);
  await mend();
  return { connection: name, promotedMs: Math.round(promotedMs), pauseMs: Math.round(pauseMs) };
}

/** The longest time between two arrivals until one of that person is there. */
function measurePause({ destination: { arrived } }: Link): { until(person: string): Promise<number> } {
  let isOver = false;
  let longestMs = 0;
  const measuring = (async () => {
    let [seen, atMs] = [arrived.length, performance.now()];
    while (!isOver) {
      await delay(10);
      longestMs = Math.max(longestMs, performance.now() - atMs);
      if (arrived.length > seen) [seen, atMs] = [arrived.length, performance.now()];
    }
  })();
  return {
    async until(person) {
      let at = 0;
      const hasArrived = () => {
        while (at < arrived.length) if (arrived[at++]?.identifiers?.id === person) return true;
        return false;
      };
      await waitFor(hasArrived, { what: `what ${person} did to arrive`, timeoutMs: 120_000, pollMs: 10 });
      isOver = true;
      await measuring;
      return longestMs;
    },
  };
}
