import { readFileSync } from "node:fs";
import {
  freePort,
  type Redis,
  startProcess,
  startRedis,
  temporaryFolder,
  waitFor,
} from "@customerio-router/fixtures";
import { Redis as Client } from "ioredis";
import { expect, test } from "vitest";
import { type Destination, destinationKeys, startDestination } from "./destination.ts";
import { post, type Target } from "./send.ts";

const count = 50;

test("F285 two installations by prefix in one database, each allowed its own prefix alone, deliver side by side and see nothing of each other", {
  timeout: 120_000,
}, async () => {
  await using redis = await startRedis();
  const admin = new Client(redis.url);
  await using _admin = { [Symbol.asyncDispose]: async () => admin.disconnect() };
  await using red = await openInstallation(redis, admin, "red");
  await using blue = await openInstallation(redis, admin, "blue");
  const both = [red, blue];

  await Promise.all(
    both.map(async ({ name, target }) => {
      for (let sent = 0; sent < count; sent++) {
        const body = JSON.stringify({ userId: "u", event: `${name} ${sent}`, messageId: `m${sent}` });
        await waitFor(async () => (await post(target, "/v1/track", body)).ok, { what: "the intake to take" });
      }
    }),
  );
  for (const { name, destination, ask, run } of both) {
    await waitFor(() => destination.arrived.length >= count, { what: `${name} to be delivered` });
    expect(destination.arrived.map((operation) => operation.name)).toEqual(
      Array.from({ length: count }, (_, sent) => `${name} ${sent}`),
    );
    expect(await ask("/api/connections")).toMatchObject({ connections: [{ name: "Shop" }] });
    expect(await run("ledger", "--check")).toMatchObject({ code: 0 });
    let checks = "";
    const findsNothing = async () => {
      const { code, stdout } = await run("doctor", "--json");
      checks = stdout;
      return code === 0;
    };
    // A slow reply of Redis is a finding, and other tests keep the machine busy.
    await waitFor(findsNothing, { what: () => `no finding: ${checks}`, timeoutMs: 20_000 });
  }

  const names = [...(await admin.keys("*")), ...((await admin.call("PUBSUB", "CHANNELS")) as string[])];
  expect(names.filter((name) => !/^(red|blue):/.test(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(20);
  // Whatever else they had tried.
  expect(await admin.call("ACL", "LOG")).toEqual([]);
});

type Installation = AsyncDisposable & {
  name: string;
  destination: Destination;
  target: Target;
  /** The dashboard's API. */
  ask(path: string): Promise<unknown>;
  /** A command of the command line. */
  run(...args: string[]): Promise<{ code: number | null; stdout: string }>;
};

/** Both have the same connection, with the same write key. */
async function openInstallation(redis: Redis, admin: Client, name: string): Promise<Installation> {
  await admin.call("ACL", "SETUSER", ...advisedRules(name));
  await using opening = new AsyncDisposableStack();
  const destination = opening.use(await startDestination());
  const folder = opening.use(await temporaryFolder());
  const ports = { intake: await freePort(), worker: await freePort(), dashboard: await freePort() };
  const writeKey = "a-write-key-of-both";
  const token = "a token of the test's own";
  const env = {
    REDIS_URL: redis.url.replace("redis://", `redis://${name}:pw@`),
    REDIS_PREFIX: name,
    DATA_DIR: folder.path,
    LOG_LEVEL: "warn",
    SECRET_KEY: `the secret key of the installation ${name}`,
    ALLOW_CUSTOM_TRACK_URL: "true",
    INTAKE_PORT: String(ports.intake),
    WORKER_PORT: String(ports.worker),
    DASHBOARD_PORT: String(ports.dashboard),
    DASHBOARD_API_TOKEN: token,
    CONNECTION_NAME: "Shop",
    WRITE_KEY: writeKey,
    CUSTOMERIO_SITE_ID: destinationKeys.siteId,
    CUSTOMERIO_API_KEY: destinationKeys.apiKey,
    CUSTOMERIO_TRACK_URL: destination.url,
  };
  for (const app of ["worker", "intake", "dashboard"] as const) {
    opening.use(
      await startProcess({
        entry: `apps/${app}/src/main.ts`,
        env,
        ready: `http://127.0.0.1:${ports[app]}/readyz`,
      }),
    );
  }
  const opened = opening.move();
  return {
    name,
    destination,
    target: { intakeUrl: `http://127.0.0.1:${ports.intake}`, writeKey },
    async ask(path) {
      const headers = { authorization: `Bearer ${token}` };
      return await (await fetch(`http://127.0.0.1:${ports.dashboard}${path}`, { headers })).json();
    },
    async run(...args) {
      await using command = await startProcess({ entry: "apps/cli/src/main.ts", args, env });
      const { code } = await command.exited;
      return { code, stdout: command.stdout };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** As docs/redis.md has them. */
function advisedRules(name: string): string[] {
  const page = readFileSync(new URL("../docs/redis.md", import.meta.url), "utf8");
  const [, rules = ""] = /^ACL SETUSER (.+)$/m.exec(page) ?? [];
  return rules
    .replace("<user>", name)
    .replace("<password>", "pw")
    .replaceAll("customerio-router", name)
    .split(" ");
}
