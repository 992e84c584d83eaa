import { type Child, freePort, startProcess, startRedis, temporaryFolder } from "@customerio-router/fixtures";

/** A server to send to. */
export type Server = AsyncDisposable & { port: number; process: Child };

export const writeKey = "write-key-of-the-bench";

/** The intake as `npm start` runs it, on a Redis of its own and without a worker. */
export async function startIntake(): Promise<Server> {
  await using opening = new AsyncDisposableStack();
  const redis = opening.use(await startRedis({ appendfsync: "always", maxmemory: "4gb" }));
  const folder = opening.use(await temporaryFolder());
  const port = await freePort();
  const process = opening.use(
    await startProcess({
      entry: "apps/intake/src/main.ts",
      env: {
        REDIS_URL: redis.url,
        INTAKE_PORT: String(port),
        DATA_DIR: folder.path,
        LOG_LEVEL: "warn",
        SECRET_KEY: "a secret key of at least 32 characters",
        CUSTOMERIO_SITE_ID: "site",
        CUSTOMERIO_API_KEY: "api-key",
        WRITE_KEY: writeKey,
        CONNECTION_NAME: "Bench",
        // One client plays them all.
        RATE_LIMIT_PER_ADDRESS: "0",
        RATE_LIMIT_PER_KEY: "0",
      },
      ready: new URL(`http://127.0.0.1:${port}/readyz`),
    }),
  );
  const opened = opening.move();
  return { port, process, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

export async function startFastifyAlone(): Promise<Server> {
  const port = await freePort();
  const process = await startProcess({
    entry: "bench/intake/fastify-alone.ts",
    env: { PORT: String(port) },
    ready: /listening/,
  });
  return { port, process, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
}
