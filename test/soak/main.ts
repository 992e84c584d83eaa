import { setTimeout as delay } from "node:timers/promises";
import { Option } from "@commander-js/extra-typings";
import { createCommand, numberFrom, readCommandLine } from "@customerio-router/service";
import { sendNumbered } from "../send.ts";
import { type Link, openSystem } from "../system.ts";
import { compareLedgers } from "./compare-ledgers.ts";
import { disturb } from "./disturb.ts";
import { misbehaveNowAndThen } from "./misbehave.ts";
import { openRedis, redisKinds } from "./open-redis.ts";
import { printLedger, showProgress } from "./report.ts";

/*
 * Intake, two workers and Redis are killed over and over while three connections deliver to destinations that
 * misbehave. In the end every acknowledged message must be accounted for: exits with 1 when one is lost, visible twice
 * or out of order, or when the run gets stuck.
 */
const {
  kills,
  messages,
  failOvers,
  redis: kind,
} = readCommandLine(
  createCommand("npm run soak --", {
    summary: "Send messages while intake, workers and Redis are killed, and account for each message",
    examples: [
      "npm run soak -- --kills 40 --messages 200000",
      "npm run soak -- --redis sentinel --fail-overs 20",
    ],
    exitCode1: "a message is lost, visible twice or out of order, or the run gets stuck",
  })
    .option("--kills <number>", "how often something is killed", numberFrom(0), 10)
    .option("--messages <number>", "messages that are sent", numberFrom(1), 20_000)
    .addOption(
      new Option("--redis <kind>", "the kind of Redis").choices(redisKinds).default("single" as const),
    )
    .option("--fail-overs <number>", "how often a replica takes over, where there is one", numberFrom(0), 0),
  process.argv.slice(2),
);
if (kind === "single" && failOvers > 0)
  throw new Error("--fail-overs needs --redis pair, sentinel or cluster");
const connections = 3;
const groupSize = 5;

/** So far the senders are ahead of the workers at most: enough for a backlog, and there is something to send till the end. */
const maxAhead = 3_000;

const persons = Array.from({ length: 38 }, (_, index) => `person-${index}`);
/** Too long for Customer.io: what they do is rejected. */
const unwanted = ["x".repeat(200), "y".repeat(200)];
const everybody = [...persons, ...unwanted];
const wantedShare = persons.length / everybody.length;
const count = Math.ceil(messages / connections / everybody.length / groupSize) * groupSize;

const startedAt = performance.now();
await using redis = await openRedis(kind);
await using system = await openSystem({
  connections,
  redis,
  latencyMs: 20,
  settings: { batchOperations: 100, inFlight: 4 },
  // A cut every two seconds, so that kills meet many.
  environment: { ...redis.environment, ARCHIVE_CUT_MS: "2000" },
});
for (const { destination } of system.links) destination.misbehave = misbehaveNowAndThen;
const { links } = system;
const sum = (number: (link: Link) => number) => links.reduce((all, link) => all + number(link), 0);
const arrived = () => sum(({ destination }) => destination.arrived.length);

const total = connections * everybody.length * count;
const acked = () => sum(({ ledger }) => ledger.acked);
let stuck: unknown;
const disturbances = disturb({
  system,
  redis,
  kills,
  failOvers,
  progress: () => acked() / total,
  isOver: () => stuck !== undefined,
});
{
  using _ = showProgress(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    return `${seconds} s: ${acked()} of ${total} acknowledged, ${arrived()} arrived, ${disturbances.told()}`;
  });
  // The first failure ends the others, and the books are still closed.
  const work = [...links.map(send), disturbances.done];
  const onFailure = (error: unknown) => {
    stuck ??= error;
  };
  await Promise.all(work.map((each) => each.catch(onFailure)));
}

async function send(link: Link): Promise<void> {
  const { ledger, destination } = link;
  for (let sent = 0; sent < count; sent += groupSize) {
    const ahead = () => ledger.acked * wantedShare - destination.arrived.length;
    while (!stuck && (ahead() > maxAhead || sent / count > disturbances.allowed())) await delay(20);
    if (stuck) return;
    await sendNumbered(link, { ledger, persons: everybody, count: groupSize, groupSize });
  }
}

for (const { destination } of links) destination.misbehave = () => undefined;
// One that is stuck gets a last chance to come to rest, no more.
const timeoutMs = stuck ? 30_000 : 300_000;
const accounts = await Promise.all(links.map((link) => link.checkAtRest({ timeoutMs })));
const faults =
  printLedger({ accounts, rejected: unwanted.length * count, mayBeStale: redis.mayForget }) +
  (await compareLedgers(system, accounts));
if (failOvers > 0) console.table(disturbances.failOvers);
console.log(`${disturbances.told()} in ${Math.round((performance.now() - startedAt) / 1_000)} s`);
if (stuck) console.error("Stuck:", stuck);
process.exitCode = faults === 0 && !stuck ? 0 : 1;
