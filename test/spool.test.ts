import { setTimeout as delay } from "node:timers/promises";
import { type Redis, startFaultProxy, startRedis, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { post } from "./send.ts";
import { type Answer, sendSteadily } from "./send-steadily.ts";
import { clean, type IntakeService, type Link, openSystem, type System } from "./system.ts";

/** By hand longer and harder: `SPOOL_SECONDS=60 SPOOL_MESSAGES_PER_SECOND=2000 npx vitest run spool.test.ts`. */
const outageSeconds = Number(process.env.SPOOL_SECONDS ?? 3);
const perSecond = Number(process.env.SPOOL_MESSAGES_PER_SECOND ?? 400);

/** The contract is 1.5 s; the rest is for a machine that does other things. */
const inTimeMs = 4_000;

/** More than 80 % of the 256 MB that Redis has in tests. */
const fillingBytes = 215_000_000;

const timeout = 120_000 + 5_000 * outageSeconds;
const persons = Array.from({ length: 20 }, (_, index) => `person-${index}`);

test("F5 F6 Redis killed with -9 under load, and the intake meanwhile: all is taken, and delivered in order", {
  timeout,
}, async () => {
  await outlive({
    begin: ({ redis }) => redis.kill("SIGKILL"),
    end: ({ redis }) => redis.restart(),
  });
});

test("F9 Redis frozen under load, and the intake killed meanwhile: all is taken, and delivered in order", {
  timeout,
}, async () => {
  await outlive({
    begin: async ({ redis }) => redis.freeze(),
    end: async ({ redis }) => redis.thaw(),
  });
});

test("F8 Redis full under load, and the intake killed meanwhile: all is taken, and delivered in order", {
  timeout,
}, async () => {
  await outlive({
    begin: async ({ system }) => void (await system.client.setrange("ballast", fillingBytes, "x")),
    end: async ({ system }) => void (await system.client.unlink("ballast")),
  });
});

test("F8 a Redis that fills up is left alone at 80 % of its memory, empties itself, and takes the rest", {
  timeout,
}, async () => {
  await using redis = await startRedis({ maxmemory: "8mb" });
  // One connection may fill all of it; and what is kept for people to look at must not be in the way.
  const settings = { backlogBytes: 1_000_000_000 };
  await using system = await openSystem({ redis, settings });
  const [link] = system.links as [Link];
  const intake = await system.startIntake();
  let goesOn = true;
  const sending = sendSteadily(link, {
    ledger: link.ledger,
    persons,
    perSecond: 3_000,
    goesOn: () => goesOn,
  });
  await waitFor(async () => (await intake.spooledMessages()) > 1_000, {
    what: "messages in the spool",
    timeoutMs: 30_000,
  });
  goesOn = false;
  expectAllTaken(await sending);
  expect(await memoryShare(system)).toBeGreaterThan(0.7);
  expect(await memoryShare(system)).toBeLessThan(0.9);

  await system.startWorker({ RECORD_BYTES: "0" });
  await emptied(intake);
  const { acked } = link.ledger;
  expect(await link.checkAtRest()).toMatchObject({ ...clean, acked, delivered: acked });
});

test("F9 Redis slow, then half-open: every call is taken in good time, and delivered in order", {
  timeout,
}, async () => {
  await using redis = await startRedis();
  await using proxy = await startFaultProxy({ targetPort: redis.port });
  await using system = await openSystem({ redis });
  const [link] = system.links as [Link];
  await system.startWorker();
  const intake = await system.startIntake({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
  let goesOn = true;
  const sending = sendSteadily(link, { ledger: link.ledger, persons, perSecond, goesOn: () => goesOn });
  await waitFor(() => link.destination.arrived.length > 0, { what: "the first to arrive" });

  proxy.delay(200);
  await delay(outageSeconds * 500);
  const before = link.destination.arrived.length;
  await waitFor(() => link.destination.arrived.length > before, { what: "some to arrive all the same" });
  await proxy.heal();
  await emptied(intake);

  proxy.drop();
  await delay(outageSeconds * 500);
  expect(await intake.spooledMessages()).toBeGreaterThan(0);
  await proxy.heal();
  await emptied(intake);

  goesOn = false;
  expectAllTaken(await sending);
  const { acked } = link.ledger;
  expect(await link.checkAtRest()).toMatchObject({ ...clean, acked, delivered: acked });
});

test("F1 the intake killed with -9 in the middle of requests, 20 times: what was acked arrives, nothing counts twice", {
  timeout,
}, async () => {
  await using system = await openSystem();
  const [link] = system.links as [Link];
  await system.startWorker();
  let intake = await system.startIntake();
  let goesOn = true;
  const sending = sendSteadily(link, {
    ledger: link.ledger,
    persons,
    perSecond: 1_000,
    goesOn: () => goesOn,
  });
  for (let kill = 0; kill < 20; kill++) {
    const { acked } = link.ledger;
    await waitFor(() => link.ledger.acked > acked, { what: "some to be acknowledged" });
    await intake.process.kill("SIGKILL");
    intake = await system.startIntake();
  }
  goesOn = false;
  expectAllTaken(await sending);
  await emptied(intake);
  const { acked } = link.ledger;
  expect(await link.checkAtRest()).toMatchObject({ ...clean, acked, delivered: acked });
});

test("F31 a message sent 100 times at once to two intakes, and again to restarted ones, is visible once", {
  timeout,
}, async () => {
  await using system = await openSystem();
  const [link] = system.links as [Link];
  await system.startWorker();
  const start = async () =>
    [await system.startIntake(), await system.startIntake({ INTAKE_PORT: "0" })] as const;
  const sendAll = async (intakes: readonly IntakeService[]) => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        post({ ...link, intakeUrl: intakes[index % intakes.length]?.url ?? "" }, "/v1/track", body),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  };
  const message = link.ledger.next("person");
  const body = JSON.stringify(message);
  link.ledger.ack([message.messageId]);

  const intakes = await start();
  await sendAll(intakes);
  await link.checkAtRest();
  for (const { process } of intakes) await process.kill("SIGKILL");
  await sendAll(await start());
  const account = await link.checkAtRest();
  expect(account).toMatchObject({ ...clean, acked: 1, delivered: 1 });
  // Once for each intake at most: what comes later finds it remembered.
  expect(account.repeated).toBeLessThan(2);
});

type Setting = { redis: Redis; system: System };

/** Pours through an outage, in the middle of which the intake is killed, and holds to account what arrived. */
async function outlive({
  begin,
  end,
}: {
  begin: (setting: Setting) => Promise<unknown>;
  end: (setting: Setting) => Promise<unknown>;
}): Promise<void> {
  await using redis = await startRedis();
  await using system = await openSystem({ redis });
  const [link] = system.links as [Link];
  await system.startWorker();
  let intake = await system.startIntake();
  let goesOn = true;
  const sending = sendSteadily(link, { ledger: link.ledger, persons, perSecond, goesOn: () => goesOn });
  await waitFor(() => link.destination.arrived.length > 0, { what: "the first to arrive" });

  await begin({ redis, system });
  const half = (outageSeconds * 1_000) / 2;
  await delay(half);
  const ackedBefore = link.ledger.acked;
  await intake.process.kill("SIGKILL");
  intake = await system.startIntake();
  await delay(half);
  expect(await intake.spooledMessages()).toBeGreaterThan(0);
  expect(link.ledger.acked).toBeGreaterThan(ackedBefore);
  await end({ redis, system });

  await emptied(intake);
  goesOn = false;
  expectAllTaken(await sending);
  const { acked } = link.ledger;
  expect(await link.checkAtRest()).toMatchObject({ ...clean, acked, delivered: acked });
}

async function emptied({ spooledMessages }: IntakeService): Promise<void> {
  const timeoutMs = 20_000 + 1_000 * outageSeconds;
  await waitFor(async () => (await spooledMessages()) === 0, { what: "the spool to be empty", timeoutMs });
}

/** How much of its memory Redis has taken. */
async function memoryShare({ client }: System): Promise<number> {
  const info = await client.info("memory");
  const read = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1]);
  return read("used_memory") / read("maxmemory");
}

/** While the intake is restarted nobody answers; every answer is a yes, in good time. */
function expectAllTaken(answers: Answer[]): void {
  expect(answers.filter(({ status }) => status !== 200 && status !== "none")).toEqual([]);
  expect(answers.filter(({ status, ms }) => status === 200 && ms > inTimeMs)).toEqual([]);
}
