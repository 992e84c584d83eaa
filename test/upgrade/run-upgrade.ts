import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { createConnectionStore } from "@customerio-router/connections";
import { type Account, freePort, startRedis, waitFor } from "@customerio-router/fixtures";
import { formatVersion, readFormat } from "@customerio-router/redis";
import { sendNumbered } from "../send.ts";
import { clean, type Link, openSystem, type Service, type System } from "../system.ts";
import { findUnreadable } from "./find-unreadable.ts";
import { runCli } from "./run-cli.ts";

type Options = {
  /** The folder of the former version. */
  checkout: string;
  /** Of each connection and step. */
  messages: number;
  tell: (text: string) => void;
};

/** Whose intake and worker run. */
type Version = "former" | "this";

const persons = Array.from({ length: 10 }, (_, index) => `person-${index}`);
/** Too long for Customer.io: what they do is rejected, and stays as a failed job. */
const unwanted = "x".repeat(200);
const restMs = 90_000;

/** Goes through the whole way of an upgrade. @returns what was wrong, in sentences */
export async function runUpgrade({ checkout, messages, tell }: Options): Promise<string[]> {
  const problems: string[] = [];
  await using redis = await startRedis({ maxmemory: "512mb" });
  const formerly = (await import(join(checkout, "packages/connections/src/index.ts"))) as {
    createConnectionStore: typeof createConnectionStore;
  };
  await using system = await openSystem({
    connections: 2,
    redis,
    createStore: formerly.createConnectionStore,
    environment: { ARCHIVE_CUT_MS: "2000" },
  });
  const { links } = system;
  const folders = { former: checkout, this: undefined };
  const ports = { former: await freePort(), this: await freePort() };
  const running = new Set<Service>();
  const isAccounted = existsSync(join(checkout, "packages/archive"));

  async function start(app: "intake" | "worker", version: Version): Promise<Service> {
    const service =
      app === "intake"
        ? await system.startIntake({ INTAKE_PORT: String(ports[version]) }, folders[version])
        : await system.startWorker({}, folders[version]);
    running.add(service);
    return service;
  }

  async function killAll(): Promise<void> {
    await Promise.all([...running].map(({ process }) => process.kill("SIGKILL")));
    running.clear();
  }

  async function send(version: Version, count = messages): Promise<void> {
    const each = Math.ceil(count / (persons.length + 1) / 5) * 5;
    await Promise.all(
      links.map((link) =>
        sendNumbered(
          { ...link, intakeUrl: `http://127.0.0.1:${ports[version]}` },
          { ledger: link.ledger, persons: [...persons, unwanted], count: each, groupSize: 5 },
        ),
      ),
    );
  }

  /** Leaves messages in the queues, in the worker's hand and in the spool, and kills everything. */
  async function fillAndKill(version: Version): Promise<void> {
    for (const { destination } of links) destination.misbehave = () => ({ answer: { status: 503 } });
    await send(version);
    redis.freeze();
    try {
      await send(version, messages / 4);
    } finally {
      await killAll();
      redis.thaw();
    }
    for (const { destination } of links) destination.misbehave = () => undefined;
  }

  async function rest(step: string): Promise<void> {
    const isAtRest = async () => (await checkAll(links)).every(isDone);
    await waitFor(isAtRest, { what: "everything to be delivered", timeoutMs: restMs, pollMs: 200 }).catch(
      () => {},
    );
    for (const [index, account] of (await checkAll(links)).entries()) {
      const wrong = findWrong(account);
      const { acked, delivered, rejected, repeated } = account;
      tell(
        `${step}, connection ${index}: ${acked} acknowledged, ${delivered} delivered, ${rejected} rejected, ${repeated} sent again unseen${wrong === "" ? "" : `; WRONG: ${wrong}`}`,
      );
      if (wrong !== "") problems.push(`${step}, connection ${index}: ${wrong}`);
    }
    for (const { process } of running) {
      if (!process.running) problems.push(`${step}: a process ended: ${process.output.slice(-2_000)}`);
    }
  }

  async function step(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      await rest(name);
    } catch (error) {
      tell(`${name}: ${error}`);
      problems.push(`${name}: ${error}`);
    }
  }

  async function read(checkouts: (string | undefined)[]): Promise<void> {
    problems.push(...(await findUnreadable({ system, checkouts, isAccounted, tell })));
  }

  await step("former alone", async () => {
    await start("intake", "former");
    await start("worker", "former");
    await send("former");
  });
  await fillAndKill("former");
  await step("this one alone, on what the former left", async () => {
    await start("intake", "this");
    await start("worker", "this");
    await send("this");
  });
  await killAll();
  await step("former intake, this worker", async () => {
    await start("intake", "former");
    await start("worker", "this");
    await send("former");
  });
  await killAll();
  await step("this intake, former worker", async () => {
    await start("intake", "this");
    await start("worker", "former");
    await send("this");
  });
  await step("both, workers killed in turn", async () => {
    await start("intake", "former");
    await start("worker", "this");
    for (const version of ["former", "this", "former", "this"] as const) {
      const sending = send(version, messages / 2);
      await delay(200);
      const [worker] = [...running].filter(({ process }) => process.output.includes('"name":"worker"'));
      if (worker) {
        await worker.process.kill("SIGKILL");
        running.delete(worker);
      }
      await start("worker", version);
      await sending;
    }
  });
  await killAll();
  await start("intake", "this");
  await start("worker", "this");
  await fillAndKill("this");
  await step("back to the former, on what this one left", async () => {
    await start("intake", "former");
    await start("worker", "former");
    await send("former");
  });
  await read([checkout, undefined]);
  await fillAndKill("former");
  await step("forth again", async () => {
    await start("intake", "this");
    await start("worker", "this");
    await send("this");
  });
  tell(await runCli(system, "upgrade", "--yes"));
  await step("after the upgrade", () => send("this"));
  if ((await readFormat(system.client)) !== formatVersion)
    problems.push("the upgrade did not raise the format");
  tell(await runCli(system, "ledger", "--check"));
  await read([undefined]);
  return problems;
}

async function checkAll(links: System["links"]): Promise<Account[]> {
  return await Promise.all(links.map((link: Link) => link.check()));
}

function isDone({ acked, delivered, rejected, waiting }: Account): boolean {
  return delivered + rejected === acked && waiting === 0;
}

/** The names and numbers of what is wrong. */
function findWrong(account: Account): string {
  const { rejected: _expected, ...expected } = clean;
  const found = Object.keys(expected).flatMap((name) => {
    const value = account[name as keyof typeof expected];
    const count = typeof value === "number" ? value : value.length;
    const examples = typeof value === "number" ? "" : ` (${value.slice(0, 3).join("; ")})`;
    return count === 0 ? [] : [`${count} ${name}${examples}`];
  });
  return found.join(", ");
}
