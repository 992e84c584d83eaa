import { openArchive } from "@customerio-router/archive";
import { createConnectionStore } from "@customerio-router/connections";
import { freePort, type Redis, startProcess, startRedis, temporaryFolder } from "@customerio-router/fixtures";
import { countWorkers } from "@customerio-router/queue";
import { connectRedis, leaseKey, type RedisClient } from "@customerio-router/redis";
import { holdArchiveMark, writeStatus } from "@customerio-router/reports";
import { fillArchive } from "./fill-archive.ts";
import { fillLedgers } from "./fill-ledgers.ts";
import { fillMessages } from "./fill-messages.ts";
import type { Options } from "./options.ts";

/** A Redis and an archive with everything in them, and a dashboard on them. */
export type Estate = AsyncDisposable & {
  redis: Redis;
  client: RedisClient;
  url: string;
  dashboardPid: number;
  /** As a browser sends it once it has logged in. */
  cookie: string;
  /** Of the connections; the first one has half of all that is archived and that waits. */
  ids: string[];
  archived: number;
  ofFirst: number;
};

const secretKey = "a secret key of at least 32 characters";
const password = "a password of the bench";
const worker = "bench";

export async function openEstate(options: Options, tell: (line: string) => void): Promise<Estate> {
  await using opening = new AsyncDisposableStack();
  const settings = { appendonly: "no" };
  const redis = opening.use(await startRedis({ appendfsync: "no", maxmemory: "4gb", settings }));
  const client = connectRedis({ url: redis.url, profile: "consumer" });
  opening.defer(() => client.disconnect());
  const store = createConnectionStore({ redis: client, secretKey });
  const ids: string[] = [];
  for (let index = 1; index <= options.connections; index += 1) {
    const keys = { siteId: "site", apiKey: "an-api-key", region: "us" } as const;
    ids.push((await store.ensure({ name: `Shop ${index}`, ...keys })).id);
  }
  await fillLedgers(client, { ids, days: options.days });
  await fillMessages(client, { ids, jobs: options.jobs });
  tell(`${ids.length} connections with ledgers, records and jobs`);

  const folder = options.archive ?? opening.use(await temporaryFolder()).path;
  const filled = await fillArchive(folder, { ids, messages: options.messages, tell });
  tell(`${filled.archived.toLocaleString("en")} messages are archived`);
  const archive = await openArchive({ url: `file:${folder}`, onWarning: tell });
  if (archive === undefined) throw new Error("the archive is off");
  await using _ = archive;
  const mark = await archive.ensureMark("bench");
  opening.use(await playWorker(client, { ids, mark }));

  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const dashboard = opening.use(
    await startProcess({
      entry: "apps/dashboard/src/main.ts",
      env: {
        REDIS_URL: redis.url,
        SECRET_KEY: secretKey,
        DASHBOARD_PASSWORD: password,
        DASHBOARD_PORT: String(port),
        ARCHIVE_URL: `file:${folder}`,
        DATA_DIR: opening.use(await temporaryFolder()).path,
        ...(options.profile && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${options.profile}` }),
      },
      ready: new URL("/readyz", url),
      timeoutMs: 60_000,
    }),
  );
  const cookie = await logIn(url);
  const opened = opening.move();
  return {
    redis,
    client,
    url,
    dashboardPid: dashboard.pid,
    cookie,
    ids,
    ...filled,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** A worker as the dashboard sees one that is alive, owns all connections and has all it can send delivered. */
async function playWorker(
  redis: RedisClient,
  { ids, mark }: { ids: string[]; mark: string },
): Promise<AsyncDisposable> {
  for (const id of ids) {
    await redis.set(leaseKey(id), `1@${worker}`);
    await writeStatus(redis, id, { state: "active" });
  }
  const live = () =>
    Promise.all([countWorkers(redis, worker, { host: "bench" }), holdArchiveMark(redis, mark)]);
  await live();
  const timer = setInterval(() => void live(), 1_000);
  return { [Symbol.asyncDispose]: async () => clearInterval(timer) };
}

async function logIn(url: string): Promise<string> {
  const reply = await fetch(`${url}/login`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: url, "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ password }),
  });
  await reply.body?.cancel();
  const [cookie = ""] = (reply.headers.get("set-cookie") ?? "").split(";");
  if (reply.status !== 303 || cookie === "") throw new Error(`the login answered ${reply.status}`);
  return cookie;
}
