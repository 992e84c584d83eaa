import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@customerio-router/fixtures";
import { sendNumbered } from "../send.ts";
import { type Link, openSystem } from "../system.ts";
import type { OpenEstate } from "./estates.ts";

const persons = Array.from({ length: 20 }, (_, index) => `person-${index}`);
const groupSize = 10;

/** What was seen: of each kind of failure how many, and the longest time without an arrival once something had ended. */
export type Seen = {
  delivered: number;
  lost: number;
  doubled: number;
  outOfOrder: number;
  repeated: number;
  pauseMs: number;
};

/** Sends messages to an estate, ends something of it in the middle, and holds to account what arrived. */
export async function runEstate(open: OpenEstate, messages: number): Promise<Seen> {
  await using opened = new AsyncDisposableStack();
  const { location, environment = {}, breakDown } = await open(opened);
  await using system = await openSystem({ redis: location, environment });
  const [link] = system.links as [Link];
  await system.startIntake();
  await system.startWorker();
  const count = messages / persons.length;
  const sending = sendNumbered(link, { ledger: link.ledger, persons, count, groupSize });
  const { arrived } = link.destination;
  await waitFor(() => arrived.length >= messages / 4, { what: "a quarter to arrive", timeoutMs: 60_000 });
  const pause = measurePause(arrived, messages);
  await breakDown(link.connection.id);
  await sending;
  const account = await link.checkAtRest();
  return {
    delivered: account.delivered,
    lost: account.lost.length + account.waiting + account.rejected,
    doubled: account.doubled.length + account.twoBodies.length,
    outOfOrder: account.outOfOrder.length,
    repeated: account.repeated,
    pauseMs: await pause.end(),
  };
}

/** The longest time in which nothing arrived, until nearly everything has. */
function measurePause(arrived: readonly unknown[], messages: number): { end(): Promise<number> } {
  let ended = false;
  const measuring = (async () => {
    let [seen, atMs, longestMs] = [arrived.length, performance.now(), 0];
    while (!ended && seen < 0.95 * messages) {
      await delay(10);
      if (arrived.length === seen) continue;
      longestMs = Math.max(longestMs, performance.now() - atMs);
      [seen, atMs] = [arrived.length, performance.now()];
    }
    return longestMs;
  })();
  return {
    end() {
      ended = true;
      return measuring;
    },
  };
}
