import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@customerio-router/fixtures";
import { changeReplay } from "@customerio-router/queue";
import { createCommand, numberFrom, readCommandLine } from "@customerio-router/service";
import { destinationKeys, startDestination } from "../destination.ts";
import { dayOf, openReplaying, resultOf, sendLive } from "../replaying.ts";

/*
 * Replays a day beside live traffic, pausing and resuming in turn, and compares the 99th percentile of the time from a
 * live call to its delivery. Exits with 1 when it is 20 % longer beside the replay, or when an event is missing.
 */
const { messages } = readCommandLine(
  createCommand("npm run soak:replay --", {
    summary: "Replay events beside live ones, and compare the p99 of the live ones",
    examples: ["npm run soak:replay -- --messages 50000"],
    exitCode1: "it is 20 % longer beside the replay, or an event is missing",
  }).option("--messages <number>", "events that are replayed", numberFrom(1), 20_000),
  process.argv.slice(2),
);
/** Settles before it is measured. */
const settleMs = 500;
const windowMs = 2_500;
const maxRounds = 8;

await using destination = await startDestination({ latencyMs: 40 });
await using setting = await openReplaying({ trackUrl: destination.url, keys: destinationKeys });
await setting.send(dayOf(messages));
await setting.archived(messages);
const live = sendLive(setting.router, destination);
const command = await setting.start("--to", "2027-01-01");
const { id, connectionId } = await setting.reached(300);
const measured = await measure();
const replay = await resultOf(command);
const sent = await live.stop();
const countVisible = () => new Set(destination.arrived.map(({ id }) => id)).size;
// The last live ones are on their way.
await waitFor(() => countVisible() === messages + sent, { what: "the last events" }).catch(() => {});
const visible = countVisible();
console.log(
  `p99 of live events: ${measured.without.toFixed(0)} ms without the replay, ${measured.beside.toFixed(0)} ms beside it, ` +
    `in ${measured.rounds} rounds. ${visible} of ${messages + sent} events are visible.`,
);
const isFine =
  measured.beside < 1.2 * measured.without && visible === messages + sent && replay.state === "done";
process.exitCode = isFine ? 0 : 1;

/** The best of some rounds, since other work on the machine makes some of them slow. */
async function measure() {
  let [without, beside] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let rounds = 0;
  while (rounds < 3 || (rounds < maxRounds && beside >= 1.2 * without)) {
    await changeReplay(setting.redis, { connectionId, id }, "pause");
    await delay(settleMs);
    const quiet = await live.p99During(windowMs);
    if ((await changeReplay(setting.redis, { connectionId, id }, "resume")) !== "running") break;
    await delay(settleMs);
    const loud = await live.p99During(windowMs);
    // A round in which the replay ended says nothing.
    if ((await setting.newest())?.state !== "running") break;
    [without, beside] = [Math.min(without, quiet), Math.min(beside, loud)];
    rounds += 1;
  }
  return { without, beside, rounds };
}
