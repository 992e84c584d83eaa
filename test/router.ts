import {
  type Child,
  freePort,
  type Redis,
  startProcess,
  startRedis,
  temporaryFolder,
} from "@customerio-router/fixtures";

/** Intake and worker on a Redis of their own, started by path and configured by environment alone. */
export type Router = AsyncDisposable & {
  redis: Redis;
  intake: Child;
  readonly worker: Child;
  intakeUrl: string;
  writeKey: string;
  /** What every process of this router gets; to start more of them. */
  env: Record<string, string>;
  /** In the place of the one that was killed. */
  restartWorker(): Promise<void>;
};

const writeKey = "write-key-of-the-tests";

type RouterOptions = {
  /** Where to deliver: the stand-in for Customer.io. */
  trackUrl: string;
  keys: { siteId: string; apiKey: string };
  /** The connection's settings, as CONNECTION_SETTINGS takes them. */
  settings?: object;
  /** What all processes get besides. */
  environment?: Record<string, string>;
};

/** Starts them and resolves when both are ready. */
export async function startRouter(options: RouterOptions): Promise<Router> {
  const { trackUrl, keys, settings = {}, environment = {} } = options;
  await using opening = new AsyncDisposableStack();
  const redis = opening.use(await startRedis());
  const data = opening.use(await temporaryFolder());
  const [intakePort, workerPort] = [await freePort(), await freePort()];
  const env = {
    REDIS_URL: redis.url,
    DATA_DIR: data.path,
    LOG_LEVEL: "warn",
    SECRET_KEY: "a secret key of at least 32 characters",
    CUSTOMERIO_SITE_ID: keys.siteId,
    CUSTOMERIO_API_KEY: keys.apiKey,
    CUSTOMERIO_TRACK_URL: trackUrl,
    ALLOW_CUSTOM_TRACK_URL: "true",
    WRITE_KEY: writeKey,
    CONNECTION_NAME: "Whole way",
    CONNECTION_SETTINGS: JSON.stringify(settings),
    ...environment,
  };
  const startWorker = () =>
    startProcess({
      entry: "apps/worker/src/main.ts",
      env: { ...env, WORKER_PORT: String(workerPort) },
      ready: `http://127.0.0.1:${workerPort}/readyz`,
    });

  let worker = await startWorker();
  opening.defer(() => worker[Symbol.asyncDispose]());
  const intakeUrl = `http://127.0.0.1:${intakePort}`;
  const intake = opening.use(
    await startProcess({
      entry: "apps/intake/src/main.ts",
      env: { ...env, INTAKE_PORT: String(intakePort) },
      ready: `${intakeUrl}/readyz`,
    }),
  );
  const opened = opening.move();
  return {
    redis,
    intake,
    get worker() {
      return worker;
    },
    intakeUrl,
    writeKey,
    env,
    async restartWorker() {
      await worker[Symbol.asyncDispose]();
      worker = await startWorker();
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
