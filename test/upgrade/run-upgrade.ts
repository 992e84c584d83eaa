import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { createConnectionStore } from "@customerio-router/connections";
import { startRedis } from "@customerio-router/fixtures";
import { formatVersion, readFormat } from "@customerio-router/redis";
import { openSystem } from "../system.ts";
import { checkAtRest } from "./accounts.ts";
import { findUnreadable } from "./find-unreadable.ts";
import { runCli } from "./run-cli.ts";
import { createStage, type Stage } from "./stage.ts";

type Options = {
  /** The folder of the former version. */
  checkout: string;
  /** Of each connection, each time they are sent. */
  messages: number;
  tell: (text: string) => void;
};

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
  const stage = await createStage({ system, redis, checkout, messages });
  const isAccounted = existsSync(join(checkout, "packages/archive"));

  for (const [name, work] of deliveries(stage)) {
    const say = (problem: unknown) => void problems.push(`${name}: ${problem}`);
    try {
      await work();
      for (const [index, { text, wrong }] of (await checkAtRest(system.links)).entries()) {
        tell(`${name}, connection ${index}: ${text}`);
        if (wrong !== undefined) say(`connection ${index}: ${wrong}`);
      }
      if (name === back || name === afterUpgrade) {
        const checkouts = name === back ? [checkout, undefined] : [undefined];
        for (const each of await findUnreadable({ system, checkouts, isAccounted, tell })) say(each);
      }
      if (name === forth) {
        tell(await runCli(system, "upgrade", "--yes"));
        if ((await readFormat(system.client)) !== formatVersion) say("the upgrade did not raise the format");
      }
    } catch (error) {
      say(error);
    }
    for (const output of stage.ended()) say(`a process ended: ${output}`);
  }
  tell(await runCli(system, "ledger", "--check"));
  return problems;
}

const back = "back to the former, on what this one left";
const forth = "forth again";
const afterUpgrade = "after the upgrade";

/** The steps, after each of which everything must be delivered. */
function deliveries(stage: Stage): [name: string, work: () => Promise<void>][] {
  const { start, send, fillAndKill, killAll, killWorker } = stage;
  const alone = async (version: "former" | "this") => {
    await start("intake", version);
    await start("worker", version);
    await send(version);
  };
  return [
    ["former alone", () => alone("former")],
    [
      "this one alone, on what the former left",
      async () => {
        await fillAndKill("former");
        await alone("this");
      },
    ],
    [
      "former intake, this worker",
      async () => {
        await killAll();
        await start("intake", "former");
        await start("worker", "this");
        await send("former");
      },
    ],
    [
      "this intake, former worker",
      async () => {
        await killAll();
        await start("intake", "this");
        await start("worker", "former");
        await send("this");
      },
    ],
    [
      "both, workers killed in turn",
      async () => {
        await start("intake", "former");
        await start("worker", "this");
        for (const version of ["former", "this", "former", "this"] as const) {
          const sending = send(version, 0.5);
          await delay(200);
          await killWorker();
          await start("worker", version);
          await sending;
        }
      },
    ],
    [
      back,
      async () => {
        await killAll();
        await start("intake", "this");
        await start("worker", "this");
        await fillAndKill("this");
        await alone("former");
      },
    ],
    [
      forth,
      async () => {
        await fillAndKill("former");
        await alone("this");
      },
    ],
    [afterUpgrade, () => send("this")],
  ];
}
