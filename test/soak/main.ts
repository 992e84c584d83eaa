import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startRedis } from "@customerio-router/fixtures";
import { type Branch, openHouse } from "../house.ts";
import { sendNumbered } from "../send.ts";
import { disturb } from "./disturb.ts";
import { misbehaveNowAndThen } from "./misbehave.ts";
import { printLedger, showProgress } from "./report.ts";

/*
 * Intake, two workers and Redis are killed over and over while three connections deliver to destinations that
 * misbehave. In the end every acknowledged message must be accounted for: exits with 1 when one is lost, visible twice
 * or out of order.
 */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "10" },
    messages: { type: "string", default: "20000" },
  },
});
const kills = Number(values.kills);
const messages = Number(values.messages);
const connections = 3;
const groupSize = 5;

/** So far the senders are ahead of the workers at most: enough for a backlog, and there is something to send till the end. */
const mostAhead = 3_000;

const persons = Array.from({ length: 38 }, (_, index) => `person-${index}`);
/** Too long for Customer.io: what they do is rejected. */
const unwanted = ["x".repeat(200), "y".repeat(200)];
const everybody = [...persons, ...unwanted];
const wantedShare = persons.length / everybody.length;
const count = Math.ceil(messages / connections / everybody.length / groupSize) * groupSize;

const startedAt = performance.now();
await using redis = await startRedis({ maxmemory: "2gb" });
await using house = await openHouse({
  connections,
  redis,
  latencyMs: 20,
  settings: { batchOperations: 100, inFlight: 4 },
});
for (const { destination } of house.branches) destination.misbehave = misbehaveNowAndThen;
const { branches } = house;
const sum = (number: (branch: Branch) => number) => branches.reduce((all, branch) => all + number(branch), 0);
const arrived = () => sum(({ destination }) => destination.arrived.length);

const total = connections * everybody.length * count;
const acked = () => sum(({ ledger }) => ledger.acked);
const disturbances = disturb({ house, redis, kills, progress: () => acked() / total });
{
  using _ = showProgress(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    return `${seconds} s: ${acked()} of ${total} acknowledged, ${arrived()} arrived, ${disturbances.told()}`;
  });
  await Promise.all([...branches.map(send), disturbances.done]);
}

async function send(branch: Branch): Promise<void> {
  const { ledger, destination } = branch;
  for (let sent = 0; sent < count; sent += groupSize) {
    const ahead = () => ledger.acked * wantedShare - destination.arrived.length;
    while (ahead() > mostAhead || sent / count > disturbances.allowed()) await delay(20);
    await sendNumbered(branch, { ledger, persons: everybody, count: groupSize, groupSize });
  }
}

for (const { destination } of branches) destination.misbehave = () => undefined;
const accounts = await Promise.all(branches.map((branch) => branch.checkAtRest({ timeoutMs: 300_000 })));
const faults = printLedger({ accounts, rejected: unwanted.length * count });
console.log(`${disturbances.told()} in ${Math.round((performance.now() - startedAt) / 1_000)} s`);
process.exitCode = faults === 0 ? 0 : 1;
