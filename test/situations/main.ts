import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { freePort, type Receiver, startProcess, startRedis, waitFor } from "@customerio-router/fixtures";
import { createCommand, numberFrom, readCommandLine } from "@customerio-router/service";
import { destinationKeys } from "../destination.ts";
import { post } from "../send.ts";
import { openSystem, secretKey, type WorkerService } from "../system.ts";
import { type Situation, situations } from "./situations.ts";
import { readTellings, startAlerts, type Tellings } from "./tellings.ts";
import { look, type Places, stateOnPage, type Views } from "./views.ts";

/*
 * Brings about what can go wrong, one after another, each in a system of its own, and writes down what page, API,
 * /readyz, metrics and doctor say 20 s after its beginning and after its end, and what alerts told until then, side by
 * side. Exits with 1 when one of them gives another state, or names another row of the runbook, than what is so.
 */
const { only = "", seconds } = readCommandLine(
  createCommand("npm run situations --", {
    summary: "Bring about what can go wrong, and compare what every place says of it",
    description: "Takes about 12 minutes. Prints a table in Markdown",
    examples: ["npm run situations -- --only Redis"],
    exitCode1: "a place says another state than what is so",
  })
    .option("--only <text>", "only the situations whose name contains this text")
    .option("--seconds <number>", "seconds until the places are read", numberFrom(1), 20),
  process.argv.slice(2),
);
const withinMs = seconds * 1_000;
const chosen = situations.filter(({ name }) => name.includes(only));
const wrong: string[] = [];

console.log("| situation | when | page | API | /readyz | metrics | alert | doctor |");
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
for (const situation of chosen) await run(situation);
for (const line of wrong) console.error(line);
process.exitCode = wrong.length === 0 ? 0 : 1;

async function run(situation: Situation): Promise<void> {
  await using redis = await startRedis({ appendfsync: "everysec" });
  await using system = await openSystem({ redis });
  const [link] = system.links;
  if (link === undefined) throw new Error("there is no connection");
  const { id } = link.connection;
  // Intakes know of the channel before Redis can go away.
  await using receiver = await startAlerts(system.client);
  const workers: [WorkerService, WorkerService] = [await system.startWorker(), await system.startWorker()];
  const intake = await system.startIntake();
  await using dashboard = await startDashboard(redis.url, system.dataDir);
  const env = {
    ...{
      REDIS_URL: redis.url,
      SECRET_KEY: secretKey,
      DATA_DIR: system.dataDir,
      ALLOW_CUSTOM_TRACK_URL: "true",
    },
    INTAKE_PORT: new URL(intake.url).port,
    DASHBOARD_PORT: new URL(dashboard.url).port,
    WORKER_PORT: "0",
  };
  await using _traffic = sendEverySecond(link);
  let living = workers as WorkerService[];
  const places: Places = {
    connectionId: id,
    dashboardUrl: dashboard.url,
    cookie: dashboard.cookie,
    apiToken: dashboard.apiToken,
    intakeUrl: intake.url,
    workerUrls: () => living.filter(({ process }) => process.running).map(({ url }) => url),
  };
  await waitFor(async () => (await look(places)).api.startsWith("active"), {
    what: "delivery",
    timeoutMs: 30_000,
  });
  const isOwner = await Promise.all(workers.map(async (worker) => (await worker.owned()).includes(id)));
  if (isOwner[1]) workers.reverse();

  const startWorker = async () => {
    const worker = await system.startWorker();
    living = [...living, worker];
    return worker;
  };
  const told = receiver.received.length;
  const end = await situation.begin({
    redis,
    client: system.client,
    save: () => system.store.update(id, destinationKeys),
    destination: link.destination,
    workers,
    startWorker,
  });
  await tell(situation, "begun", { places, receiver, from: told, env, state: situation.state });
  const toldBegun = receiver.received.length;
  await end();
  const state = situation.name === "Redis emptied" ? undefined : "active";
  await tell(situation, "over", { places, receiver, from: toldBegun, env, state });
}

type Telling = {
  places: Places;
  receiver: Receiver;
  /** Requests it had before. */
  from: number;
  /** Of the doctor. */
  env: Record<string, string>;
  state: string | undefined;
};

async function tell({ name, row }: Situation, when: "begun" | "over", telling: Telling): Promise<void> {
  const { places, receiver, from, env, state } = telling;
  // Asked before, as a page that is open and an orchestrator ask: asking is what finds out about Redis.
  await delay(withinMs / 2);
  await look(places);
  await delay(withinMs / 2);
  const [views, tellings] = await Promise.all([look(places), readTellings(receiver, { from, env })]);
  const { page, api, readyz, metrics } = views;
  const { alert, doctor, rows } = tellings;
  const cells = [name, when, page, api, readyz, metrics, alert, doctor].map((cell) =>
    cell.replaceAll("|", "\\|"),
  );
  console.log(`| ${cells.join(" | ")} |`);
  if (state !== undefined)
    wrong.push(...contradictions(views, state).map((what) => `${name}, ${when}: ${what}`));
  wrong.push(
    ...misses(rows, { when, row, isLasting: name === "Redis emptied" }).map(
      (what) => `${name}, ${when}: ${what}`,
    ),
  );
}

/** What alert and doctor fail to say, or say though it is not so. */
function misses(
  { begun, over, doctor }: Tellings["rows"],
  { when, row, isLasting }: { when: string; row: string | undefined; isLasting: boolean },
): string[] {
  const isSo = row !== undefined && (when === "begun" || isLasting);
  const wrong: string[] = [];
  if (when === "begun" && row !== undefined && !begun.includes(row)) wrong.push(`no alert of ${row}`);
  if (when === "begun" && row === undefined && begun.length > 0) wrong.push(`an alert of ${begun}`);
  if (when === "over" && row !== undefined && !isLasting && !over.includes(row))
    wrong.push(`${row} is not told to be over`);
  if (isSo && !doctor.includes(row)) wrong.push(`the doctor does not name ${row}`);
  if (!isSo && doctor.length > 0) wrong.push(`the doctor names ${doctor}`);
  return wrong;
}

function contradictions({ page, api, metrics }: Views, state: string): string[] {
  const [, measured] = /connection_state\{state="([\w-]+)"\}/.exec(metrics) ?? [];
  const said = { page: stateOnPage(page), API: api.split(",")[0], "the metric": measured };
  return Object.entries(said).flatMap(([place, each]) =>
    each === state ? [] : [`${place} says ${each}, not ${state}`],
  );
}

async function startDashboard(redisUrl: string, dataDir: string) {
  const [port, code, apiToken] = [await freePort(), randomUUID(), `token-${randomUUID()}`];
  const url = `http://127.0.0.1:${port}`;
  const process = await startProcess({
    entry: "apps/dashboard/src/main.ts",
    env: {
      REDIS_URL: redisUrl,
      DATA_DIR: dataDir,
      SECRET_KEY: secretKey,
      LOG_LEVEL: "warn",
      DASHBOARD_PORT: String(port),
      DASHBOARD_PASSWORD: "a password",
      DASHBOARD_LOGIN_CODE: code,
      DASHBOARD_API_TOKEN: apiToken,
      METRICS_TOKEN: apiToken,
    },
    ready: `${url}/readyz`,
  });
  const login = await fetch(`${url}/login?code=${code}`, { redirect: "manual" });
  const cookie = login.headers
    .getSetCookie()
    .map((text) => text.split(";")[0])
    .join("; ");
  return { url, cookie, apiToken, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
}

/** A call every second, whatever becomes of it. */
function sendEverySecond(target: { intakeUrl: string; writeKey: string }): AsyncDisposable {
  const ending = new AbortController();
  const sending = (async () => {
    while (!ending.signal.aborted) {
      const call = { userId: "u", event: "Tick", messageId: randomUUID() };
      await post(target, "/v1/track", JSON.stringify(call)).catch(() => "it is part of the situation");
      await delay(1_000, undefined, { signal: ending.signal }).catch(() => "it is over");
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await sending;
    },
  };
}
