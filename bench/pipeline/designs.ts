import { type Child, freePort, startProcess } from "@customerio-router/fixtures";
import { type Design, type Posting, perRequest } from "./plan.ts";

export type Where = {
  redisUrl: string;
  destinationUrl: string;
  writeKey: string;
  dataFolder: string;
  /** Messages are posted so: the floor takes bodies as they come. */
  posting: Posting;
  /** The checkout whose intake and worker are ours; default this one. */
  checkout?: string | undefined;
  /** Where our intake and worker leave their CPU profiles. */
  profileFolder?: string | undefined;
};

/** How the two processes of a design are started. */
type Starters = {
  intake(): Promise<{ process: Child; url: string }>;
  worker(): Promise<Child>;
};

const processes = "bench/pipeline/processes";
/** What one request of ours carries by default. */
const operationsPerRequest = 500;

export function startersOf(design: Design, where: Where): Starters {
  if (design === "ours") return ours(where);
  if (design === "floor") return floor(where);
  return plain(where, design === "plain-50" ? 50 : 200);
}

/**
 * As it is, but for limits that are not to be what is measured. It is spoken to by its environment variables and
 * `/readyz` alone, which stay the same from commit to commit.
 */
function ours({ redisUrl, destinationUrl, writeKey, dataFolder, checkout, profileFolder }: Where): Starters {
  const env = {
    REDIS_URL: redisUrl,
    SECRET_KEY: "a secret key of at least 32 characters",
    CONNECTION_NAME: "Bench",
    CUSTOMERIO_SITE_ID: "site",
    CUSTOMERIO_API_KEY: "an-api-key",
    CUSTOMERIO_TRACK_URL: destinationUrl,
    ALLOW_CUSTOM_TRACK_URL: "true",
    WRITE_KEY: writeKey,
    CONNECTION_SETTINGS: JSON.stringify({ limiter: { max: 1_000, duration: 1_000 } }),
    RATE_LIMIT_PER_ADDRESS: "0",
    RATE_LIMIT_PER_KEY: "0",
    DATA_DIR: dataFolder,
    ...(profileFolder && { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profileFolder}` }),
  };
  async function start(app: "intake" | "worker") {
    const port = String(await freePort());
    const url = `http://127.0.0.1:${port}`;
    const process = await startProcess({
      entry: `apps/${app}/src/main.ts`,
      checkout,
      env: { ...env, [`${app.toUpperCase()}_PORT`]: port },
      ready: new URL("/readyz", url),
    });
    return { process, url };
  }
  return { intake: () => start("intake"), worker: async () => (await start("worker")).process };
}

/** The least that Fastify, RPUSH, LPOP and axios cost. */
function floor({ redisUrl, destinationUrl, posting }: Where): Starters {
  const bodies = String(operationsPerRequest / perRequest[posting]);
  return {
    intake: () => startIntake("floor-intake.ts", [redisUrl]),
    worker: () => startWorker("floor-worker.ts", [redisUrl, destinationUrl, bodies]),
  };
}

/** One job a message, a standard Worker, one request a job with axios and keep-alive. */
function plain({ redisUrl, destinationUrl, writeKey }: Where, concurrency: number): Starters {
  return {
    intake: () => startIntake("plain-intake.ts", [redisUrl, writeKey]),
    worker: () => startWorker("plain-worker.ts", [redisUrl, destinationUrl, String(concurrency)]),
  };
}

async function startIntake(file: string, args: string[]) {
  const listening = /listening on (\S+)/;
  const process = await startProcess({ entry: `${processes}/${file}`, args, ready: listening });
  const [, url = ""] = listening.exec(process.output) ?? [];
  return { process, url };
}

async function startWorker(file: string, args: string[]): Promise<Child> {
  return await startProcess({ entry: `${processes}/${file}`, args, ready: /ready/ });
}
