import { freePort, type Redis, startProcess, startRedis, waitFor } from "@customerio-router/fixtures";
import { type Link, openSystem, type Service, type System, secretKey } from "./system.ts";

/** A router that has delivered a message, and what its apps tell of it at `/metrics`. */
export type MeteredSystem = AsyncDisposable & {
  redis: Redis;
  system: System;
  link: Link;
  worker: Service;
  intake: Service;
  dashboard: Service;
  send(event: string): Promise<void>;
};

export async function openMeteredSystem(): Promise<MeteredSystem> {
  await using opening = new AsyncDisposableStack();
  const redis = opening.use(await startRedis());
  const system = opening.use(await openSystem({ redis }));
  const [link] = system.links as [Link];
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { REDIS_URL: redis.url, SECRET_KEY: secretKey, DASHBOARD_PORT: String(port) };
  const [intake, worker, process] = await Promise.all([
    system.startIntake(),
    system.startWorker(),
    startProcess({
      entry: "apps/dashboard/src/main.ts",
      env: { ...env, DATA_DIR: system.dataDir },
      ready: new URL(`${url}/readyz`),
    }),
  ]);
  opening.use(process);

  async function send(event: string): Promise<void> {
    const answer = await fetch(`${link.intakeUrl}/v1/track`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${link.writeKey}:`)}`, "content-type": "application/json" },
      body: JSON.stringify({ userId: "somebody", event }),
    });
    if (!answer.ok) throw new Error(`The intake answered ${answer.status}`);
  }

  await send("First");
  await waitFor(() => link.destination.arrived.length === 1, { what: "delivery" });
  const opened = opening.move();
  return {
    redis,
    system,
    link,
    worker,
    intake,
    dashboard: { process, url },
    send,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** What `/metrics` says. One that hangs fails. */
export async function scrape({ url }: Service): Promise<string> {
  return await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) })).text();
}
