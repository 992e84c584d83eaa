import {
  type Child,
  type Redis,
  startProcess,
  startRedis,
  temporaryFolder,
} from "@customerio-router/fixtures";
import type { Target } from "./load.ts";

export type Design = "ours" | "plain-50" | "plain-200";
export type Appendfsync = "everysec" | "always";
export type Role = "client" | "intake" | "redis" | "worker" | "destination";

/** A design that runs: every part a process of its own on this machine. */
export type Pipeline = AsyncDisposable & {
  target: Target;
  redis: Redis;
  /** What there is already; the client comes with each load. */
  pids: Partial<Record<Role, number>>;
  startWorker(): Promise<void>;
};

const writeKey = "write-key-of-the-bench";
const processes = "bench/pipeline/processes";
const listening = /listening on (\S+)/;

export async function openDestination(
  delayMs: number,
): Promise<AsyncDisposable & { url: string; pid: number }> {
  const destination = await startProcess({
    entry: `${processes}/destination.ts`,
    args: [String(delayMs)],
    ready: listening,
  });
  const url = urlIn(destination, listening);
  return { url, pid: destination.pid, [Symbol.asyncDispose]: () => destination[Symbol.asyncDispose]() };
}

export async function openPipeline(options: {
  design: Design;
  delayMs: number;
  appendfsync?: Appendfsync;
  /** Where our intake and worker leave their CPU profiles. */
  profileFolder?: string | undefined;
}): Promise<Pipeline> {
  const { design, delayMs, appendfsync = "everysec" } = options;
  await using opening = new AsyncDisposableStack();
  const redis = opening.use(await startRedis({ appendfsync, maxmemory: "6gb" }));
  const destination = opening.use(await openDestination(delayMs));
  const { path: dataFolder } = opening.use(await temporaryFolder());
  const urls = { redis: redis.url, destination: destination.url };
  const start =
    design === "ours"
      ? ours(urls, { dataFolder, profileFolder: options.profileFolder })
      : plain(urls, design);
  const intake = opening.use(await start.intake());
  const pids: Pipeline["pids"] = { intake: intake.pid, redis: redis.pid, destination: destination.pid };
  const opened = opening.move();
  return {
    target: { intakeUrl: urlIn(intake, start.intakeUrl), writeKey, destinationUrl: destination.url },
    redis,
    pids,
    async startWorker() {
      const worker = opened.use(await start.worker());
      pids.worker = worker.pid;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

type Urls = { redis: string; destination: string };

/** As it is, but for limits that are not to be what is measured. */
function ours(urls: Urls, folders: { dataFolder: string; profileFolder: string | undefined }) {
  const env = {
    REDIS_URL: urls.redis,
    SECRET_KEY: "a secret key of at least 32 characters",
    CONNECTION_NAME: "Bench",
    CUSTOMERIO_SITE_ID: "site",
    CUSTOMERIO_API_KEY: "an-api-key",
    CUSTOMERIO_TRACK_URL: urls.destination,
    ALLOW_CUSTOM_TRACK_URL: "true",
    WRITE_KEY: writeKey,
    CONNECTION_SETTINGS: JSON.stringify({ limiter: { max: 1_000, duration: 1_000 } }),
    RATE_LIMIT_PER_ADDRESS: "0",
    RATE_LIMIT_PER_KEY: "0",
    DATA_DIR: folders.dataFolder,
    INTAKE_PORT: "0",
    WORKER_PORT: "0",
    ...(folders.profileFolder && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folders.profileFolder}` }),
  };
  const ready = /"msg":"listening"/;
  return {
    intakeUrl: /"url":"([^"]+)"/,
    async intake() {
      const intake = await startProcess({ entry: "apps/intake/src/main.ts", env, ready });
      await untilReady(urlIn(intake, /"url":"([^"]+)"/));
      return intake;
    },
    worker: () =>
      startProcess({ entry: "apps/worker/src/main.ts", env, ready: /"msg":"took up the connection"/ }),
  };
}

/** One job a message, a standard Worker, one request a job with axios and keep-alive. */
function plain(urls: Urls, design: Exclude<Design, "ours">) {
  const concurrency = design === "plain-50" ? "50" : "200";
  return {
    intakeUrl: listening,
    intake: () =>
      startProcess({ entry: `${processes}/plain-intake.ts`, args: [urls.redis, writeKey], ready: listening }),
    worker: () =>
      startProcess({
        entry: `${processes}/plain-worker.ts`,
        args: [urls.redis, urls.destination, concurrency],
        ready: /ready/,
      }),
  };
}

/** Until our intake has made the connection of its environment. */
async function untilReady(url: string): Promise<void> {
  while (!(await fetch(`${url}/readyz`)).ok) await new Promise((resolve) => setTimeout(resolve, 20));
}

function urlIn({ output }: Child, pattern: RegExp): string {
  const [, url = ""] = pattern.exec(output) ?? [];
  return url;
}
