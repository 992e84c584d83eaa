import { type Connection, type ConnectionInput, createConnectionStore } from "@customerio-router/connections";
import { startRedis, waitFor } from "@customerio-router/fixtures";
import type { Entry } from "@customerio-router/messages";
import { createBackend, createEnqueuer } from "@customerio-router/queue";
import { connectRedis } from "@customerio-router/redis";
import { createLogger } from "@customerio-router/service";
import { onTestFinished } from "vitest";
import { startWorker, type Worker } from "../src/worker.ts";
import { type Destination, startDestination } from "./destination.ts";

export const secretKey = "a secret key of the tests, long enough";

/** A Redis, a destination and a connection to it; a worker when the test starts one. */
export async function openSetting(settings: ConnectionInput["settings"] = {}) {
  const redis = disposed(await startRedis());
  return { redis, ...(await openSettingOn(redis.url, settings)) };
}

/** The same on a Redis or a cluster of the caller's own. */
export async function openSettingOn(url: string, settings: ConnectionInput["settings"] = {}) {
  const destination = disposed(await startDestination());
  const client = connect(url, "consumer");
  const store = openStore(client, secretKey);
  const producer = connect(url, "producer");
  await waitFor(() => producer.status === "ready", { what: "Redis" });
  const enqueuer = createEnqueuer({ redis: producer });
  const connection = await createConnection("Test", destination, settings);
  const log: string[] = [];
  let messages = 0;

  async function createConnection(
    name: string,
    to: Destination,
    its: ConnectionInput["settings"] = {},
  ): Promise<Connection> {
    const saved = await store.create({
      name,
      siteId: "site",
      apiKey: "the-api-key-of-the-tests",
      region: "us",
      trackUrl: to.url,
      settings: { limiter: { max: 1000, duration: 1000 }, ...its },
    });
    if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
    return saved.connection;
  }

  return {
    client,
    destination,
    store,
    connection,
    enqueuer,
    log,
    createConnection,
    /** BullMQ's own view of a connection's queue. */
    queue: createBackend(client).queue(connection.id),

    /** `redisPort`: of a proxy in front of Redis. */
    startWorker({
      redisPort,
      secret = secretKey,
      ...more
    }: { redisPort?: number; secret?: string } & Pick<
      Parameters<typeof startWorker>[0],
      "archive" | "archiveCutMs" | "recordBytes"
    > = {}): Worker {
      const logger = createLogger({
        name: "worker",
        level: "info",
        destination: { write: (line) => void log.push(line) },
      });
      const client = connect(redisPort ? `redis://127.0.0.1:${redisPort}` : url, "consumer");
      const worker = disposed(
        startWorker({ redis: client, store: openStore(client, secret), secretKey: secret, logger, ...more }),
      );
      // Runs before the worker is stopped, which waits for its requests.
      onTestFinished(() => destination.hangUp());
      return worker;
    },

    /** Enqueues one track of each person, in a job of its own or together. */
    async track(people: string[], more: object = {}, connectionId = connection.id): Promise<Entry[]> {
      const entries = people.map((userId) => {
        const number = messages++;
        return { message: { type: "track", messageId: `m${number}`, userId, event: `E${number}`, ...more } };
      });
      await enqueuer.enqueue(connectionId, entries);
      return entries;
    },
  };
}

export function disposed<Resource extends AsyncDisposable>(resource: Resource): Resource {
  onTestFinished(() => resource[Symbol.asyncDispose]());
  return resource;
}

function openStore(redis: ReturnType<typeof connect>, secretKey: string) {
  return createConnectionStore({ redis, secretKey, allowCustomTrackUrl: true });
}

function connect(url: string, profile: "consumer" | "producer") {
  const client = connectRedis({ url, profile });
  onTestFinished(() => void client.disconnect());
  return client;
}

/** Waits for a failed job. */
export async function firstFailed(queue: ReturnType<ReturnType<typeof createBackend>["queue"]>) {
  return await waitFor(async () => (await queue.getFailed())[0], { what: "a failed job" });
}
