import { setTimeout as delay } from "node:timers/promises";
import { type Ledger, startRedis, waitFor } from "@customerio-router/fixtures";
import { readLedger } from "@customerio-router/reports";
import { createCommand, numberFrom, readCommandLine } from "@customerio-router/service";
import type { Fault } from "../destination.ts";
import { sendSteadily } from "../send-steadily.ts";
import { clean, type Link, openSystem } from "../system.ts";

/*
 * One source feeds three connections. First all are well; then one is dead and one is slow, and the time from a call to its
 * delivery on the third must not rise by a fifth; then a worker and an intake are killed and Redis is restarted, and the dead one
 * comes back. Exits with 1 when a message
 * is lost on any of them, visible twice or out of order, or when the well one was delayed.
 */
const { perSecond, seconds, bound } = readCommandLine(
  createCommand("npm run soak:fan-out --", {
    summary: "Feed three connections from one source while one is dead and one is slow",
    examples: ["npm run soak:fan-out -- --seconds 120 --bound"],
    exitCode1: "a message is lost, visible twice or out of order, or the well connection was delayed",
  })
    .option("--per-second <number>", "messages per second", numberFrom(1), 1_000)
    .option("--seconds <number>", "seconds that are measured", numberFrom(1), 60)
    .option("--bound", "give the dead one a backlog of 1 MB, so that it uses its part of the spool"),
  process.argv.slice(2),
);
/** The first seconds after a start, or after a destination has changed, are not measured. */
const settleMs = 5_000;
const persons = Array.from({ length: 200 }, (_, index) => `person-${index}`);

await using opened = new AsyncDisposableStack();
const redis = opened.use(await startRedis({ maxmemory: "1gb" }));
const system = opened.use(await openSystem({ redis, connections: 3, isFannedOut: true, latencyMs: 20 }));
const [well, dead, slow] = system.links as [Link, Link, Link];
if (bound) {
  const { id, settings } = dead.connection;
  await system.store.update(id, { settings: { ...settings, backlogBytes: 1_000_000 } });
}
let intake = await system.startIntake();
let worker = await system.startWorker();
const other = await system.startWorker();
// The workers share the connections; while one goes from hand to hand its messages wait.
await waitFor(
  async () => {
    const owned = await Promise.all([worker.owned(), other.owned()]);
    return owned.flat().length === 3 && owned.every((ids) => ids.length > 0);
  },
  { what: "the workers to share the connections", timeoutMs: 30_000 },
);

const clock = watchTimes(well);
let goesOn = true;
const sending = sendSteadily(well, { ledger: clock.ledger, persons, perSecond, goesOn: () => goesOn });

await delay(settleMs);
clock.take();
await delay((seconds * 1_000) / 3);
const allWell = clock.take();
console.log({ "all are well": allWell });

const unavailable: Fault = { answer: { status: 503 } };
dead.destination.misbehave = () => unavailable;
slow.destination.misbehave = () => ({ takes: true, answer: { status: 200 }, until: delay(2_000) });
await delay(settleMs);
clock.take();
await delay(seconds * 1_000);
const besides = clock.take();
const waiting = await Promise.all(system.links.map(waitingOf));
const spooled = await intake.spooledMessages();
console.log({ "one is dead, one is slow": besides, waiting, spooled });

await worker.process.kill("SIGKILL");
worker = await system.startWorker();
await delay(3_000);
await redis.restart();
await delay(3_000);
await intake.process.kill("SIGKILL");
intake = await system.startIntake();
await delay(3_000);
goesOn = false;
const answers = await sending;
dead.destination.misbehave = () => undefined;
slow.destination.misbehave = () => undefined;
await waitFor(async () => (await intake.spooledMessages()) === 0, { what: "the spool", timeoutMs: 120_000 });
const accounts = await Promise.all(system.links.map((link) => link.checkAtRest({ timeoutMs: 180_000 })));
const names = ["well", "dead", "slow"];
const isSound = accounts.map((account, index) => {
  const { acked, delivered, repeated, lost, outOfOrder, doubled, twoBodies, rejected, waiting } = account;
  const wrong = { lost, outOfOrder, twoBodies, doubled, waiting, rejected };
  const counts = Object.fromEntries(
    Object.entries(wrong).map(([name, value]) => [name, Array.isArray(value) ? value.length : value]),
  );
  console.log(names[index], { acked, delivered, repeated, ...counts });
  return JSON.stringify(wrong) === JSON.stringify(clean) && delivered === acked;
});
const statuses = Object.fromEntries(
  Map.groupBy(answers, ({ status }) => status)
    .entries()
    .map(([status, all]) => [status, all.length]),
);
const rise = besides.p99 / allWell.p99 - 1;
console.log({ answers: statuses });
console.log(
  `p99 of the well one: ${allWell.p99} ms while all are well, ${besides.p99} ms beside a dead and a slow one (${(100 * rise).toFixed(0)} %).`,
);
process.exitCode = isSound.every(Boolean) && rise < 0.2 ? 0 : 1;

async function waitingOf({ connection }: Link): Promise<number> {
  return (await readLedger(system.client, connection.id, { by: "day" })).total.waiting;
}

/** The time from making each message to its arrival. */
function watchTimes({ ledger, destination }: Link) {
  const madeAt = new Map<string, number>();
  let times: number[] = [];
  destination.misbehave = (operations) => {
    const now = performance.now();
    for (const { attributes } of operations) {
      const { ledgerId = "" } = (attributes ?? {}) as { ledgerId?: string };
      const at = madeAt.get(ledgerId);
      if (at !== undefined) times.push(now - at);
      madeAt.delete(ledgerId);
    }
    return undefined;
  };
  const next: Ledger["next"] = (person) => {
    const message = ledger.next(person);
    madeAt.set(message.messageId, performance.now());
    return message;
  };
  return {
    ledger: {
      ...ledger,
      next,
      get acked() {
        return ledger.acked;
      },
    },
    take() {
      const sorted = times.toSorted((one, other) => one - other);
      times = [];
      const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
      return { messages: sorted.length, p50: at(0.5), p99: at(0.99) };
    },
  };
}
