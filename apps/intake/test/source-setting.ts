import { createConnectionStore, createSourceStore } from "@customerio-router/connections";
import { startRedis, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import type { Entry } from "@customerio-router/messages";
import { createBackend } from "@customerio-router/queue";
import { connectRedis } from "@customerio-router/redis";
import { onTestFinished } from "vitest";
import type { IntakeProcess } from "./intake-process.ts";

export const secretKey = "hunter2-0123456789abcdef0123456789";

/** For an intake that has no connection from its environment. */
export const noConnection = {
  CUSTOMERIO_SITE_ID: "",
  CUSTOMERIO_API_KEY: "",
  WRITE_KEY: "",
  CONNECTION_NAME: "",
};

/** A Redis in which a test makes connections and sources, and a folder for its intake. */
export async function openSourceSetting() {
  const redis = await startRedis({ appendfsync: "no" });
  onTestFinished(() => redis[Symbol.asyncDispose]());
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const client = connectRedis({ url: redis.url, profile: "consumer" });
  onTestFinished(() => void client.disconnect());
  const store = createConnectionStore({ redis: client, secretKey });
  /** What waits for a connection, oldest first. */
  async function waiting(connectionId: string): Promise<Entry[]> {
    const jobs = await createBackend(client).queue(connectionId).getWaiting();
    return jobs.flatMap(({ data }) => data.entries);
  }

  return {
    redis,
    client,
    store,
    sources: createSourceStore(client),
    dataDir: folder.path,
    async connect(name: string, settings: object = {}): Promise<string> {
      return (await store.ensure({ name, siteId: "site", apiKey: "key", region: "us", settings })).id;
    },
    waiting,
    /** An intake that has just begun keeps the first messages in its spool, until it has asked Redis. */
    async untilInRedis(intake: IntakeProcess, connectionIds: string[]): Promise<void> {
      for (const id of connectionIds) {
        await waitFor(async () => (await waiting(id)).length > 0, { what: "the first message in Redis" });
      }
      // Until then the next ones join it in the spool.
      await waitFor(async () => (await intake.spooledMessages()) === 0, { what: "an empty spool" });
    },
  };
}
