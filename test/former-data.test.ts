import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createConnectionStore, createSourceStore } from "@customerio-router/connections";
import { freePort, startProcess, startRedis, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { connectRedis } from "@customerio-router/redis";
import { expect, onTestFinished, test } from "vitest";
import { type Destination, startDestination } from "./destination.ts";
import { post } from "./send.ts";
import { secretKey } from "./system.ts";

/**
 * What version 021c6f9 left: two connections (*Shop* with `destructiveEvents`, *App*), of each twelve messages in Redis and nine in
 * the spool. `redis.json` has each key as DUMP gives it.
 */
const former = new URL("former/021c6f9/", import.meta.url).pathname;

function disposed<Resource extends AsyncDisposable>(resource: Resource): Resource {
  onTestFinished(() => resource[Symbol.asyncDispose]());
  return resource;
}

test("F278 data of the first version starts, is delivered in order, and its write keys go on working", async () => {
  const redis = disposed(await startRedis());
  const client = connectRedis({ url: redis.url, profile: "consumer" });
  onTestFinished(() => void client.disconnect());
  const keys = JSON.parse(await readFile(join(former, "redis.json"), "utf8")) as {
    key: string;
    value: string;
    ttlMs: number;
  }[];
  for (const { key, value, ttlMs } of keys) {
    await client.restore(key, Math.max(0, ttlMs), Buffer.from(value, "base64"));
  }
  const dataDir = disposed(await temporaryFolder()).path;
  await cp(join(former, "spool"), join(dataDir, "spool"), { recursive: true });

  const store = createConnectionStore({ redis: client, secretKey, allowCustomTrackUrl: true });
  const sources = createSourceStore(client);
  expect(await sources.list()).toMatchObject([
    { name: "App", kind: "browser", writeKeys: [{ key: "write-key-of-app" }] },
    { name: "Shop", kind: "server", writeKeys: [{ key: "write-key-of-shop" }] },
  ]);
  const destinations = new Map<string, Destination>();
  for (const { id, name } of await store.list()) {
    const destination = disposed(await startDestination());
    destinations.set(name, destination);
    expect(await store.update(id, { trackUrl: destination.url })).toMatchObject({ ok: true });
  }

  const intakeUrl = `http://127.0.0.1:${await freePort()}`;
  const env = {
    REDIS_URL: redis.url,
    SECRET_KEY: secretKey,
    ALLOW_CUSTOM_TRACK_URL: "true",
    DATA_DIR: dataDir,
    INTAKE_PORT: new URL(intakeUrl).port,
    WORKER_PORT: "0",
  };
  disposed(
    await startProcess({ entry: "apps/intake/src/main.ts", env, ready: new URL(`${intakeUrl}/readyz`) }),
  );
  disposed(await startProcess({ entry: "apps/worker/src/main.ts", env, ready: /"msg":"listening"/ }));
  for (const writeKey of ["write-key-of-shop", "write-key-of-app"]) {
    const message = { type: "track", userId: "person-0", event: "Numbered", properties: { number: 99 } };
    expect((await post({ intakeUrl, writeKey }, "/v1/track", JSON.stringify(message))).status).toBe(200);
  }

  for (const [name, { arrived }] of destinations) {
    await waitFor(() => arrived.length >= 22, {
      what: () => `${name}: ${arrived.length} of 22`,
      timeoutMs: 30_000,
    });
    const numbers = Map.groupBy(arrived, ({ identifiers }) => identifiers?.id);
    const [backlog, spooled] = [
      [0, 1, 2, 3],
      [0, 1, 2],
    ];
    expect(Object.fromEntries([...numbers].map(([person, all]) => [person, all.map(numberOf)]))).toEqual({
      "person-0": [...backlog, ...spooled, 99],
      "person-1": [...backlog, ...spooled],
      "person-2": [...backlog, ...spooled],
    });
    expect(new Set(arrived.map(({ id }) => id)).size).toBe(22);
  }
  expect(await store.list()).toMatchObject([
    { writeKey: "write-key-of-app" },
    { writeKey: "write-key-of-shop" },
  ]);
});

function numberOf({ attributes }: { attributes?: object }): unknown {
  return (attributes as { number?: number } | undefined)?.number;
}
