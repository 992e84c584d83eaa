import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Child,
  certificateKey,
  certificates,
  freePort,
  type RedisOptions,
  startChild,
  startProcess,
  startRedis,
  startRedisCluster,
  temporaryFolder,
  waitFor,
} from "@customerio-router/fixtures";
import { Redis as Client } from "ioredis";
import { expect, type TestContext, test } from "vitest";
import { secretKey } from "./system.ts";

const apps = ["intake", "worker", "dashboard"] as const;

type App = { process: Child; ask(): Promise<{ status: number; text: string }> };

test.concurrent("F85 a cluster named by one address cannot be used", async (place) => {
  const { url } = await redisServer(place, {
    "cluster-enabled": "yes",
    "cluster-port": String(await freePort()),
  });
  await expectUnusable(place, url, "Redis belongs to a cluster, but REDIS_URL names one address");
  await expectUnusable(place, `${url}/1`, "Redis belongs to a cluster, but REDIS_URL names one address");
});

test.concurrent("F85 a cluster named by its nodes can be used", { timeout: 60_000 }, async (place) => {
  const cluster = await startRedisCluster();
  place.onTestFinished(() => cluster[Symbol.asyncDispose]());
  for (const app of await startApps(place, cluster.url)) await expectReady(app);
});

test.concurrent("F86 a Sentinel cannot be used", async (place) => {
  await expectUnusable(place, await startSentinel(place), "REDIS_URL points to a Sentinel");
});

test.concurrent("F87 a list of servers that are no cluster cannot be used", async (place) => {
  const [primary, replica] = [await redisServer(place), await redisServer(place)];
  await expectUnusable(
    place,
    `${primary.url},${replica.url}`,
    "REDIS_URL lists several addresses, but they are not a Redis Cluster",
  );
});

test.concurrent("F88 a database that does not exist cannot be used, and nothing is written to database 0", async (place) => {
  const { url, admin } = await redisServer(place, { databases: "4" });
  await expectUnusable(place, `${url}/4`, "Redis does not have the database number in REDIS_URL");
  expect(await admin.dbsize()).toBe(0);
});

test.concurrent.for([
  ["EVAL", apps],
  ["EVALSHA", ["intake"]],
  ["INFO", ["worker"]],
  ["SUBSCRIBE", ["dashboard"]],
  ["HSET", ["intake"]],
] as const)("F89 a Redis whose %s was renamed cannot be used", async ([command, started], place) => {
  const { url } = await redisServer(place, { "rename-command": [command, "renamed"] });
  await expectUnusable(place, url, "Redis does not know a command that is needed", started);
});

test.concurrent("F90 a Redis that forbids what is needed cannot be used until it allows it", {
  timeout: 120_000,
}, async (place) => {
  const { url, admin } = await redisServer(place);
  const permit = (...rules: string[]) => admin.call("ACL", "SETUSER", "bound", ...rules);
  const [sentence, forbidden] = ["Redis forbids what is needed", ["-@scripting", "+@scripting"] as const];
  await permit("on", ">pw", "~*", "&*", "+@all", forbidden[0]);
  const started = await expectUnusable(place, url.replace("redis://", "redis://bound:pw@"), sentence);
  await permit(forbidden[1]);
  for (const app of started) await expectReady(app);
  for (const [forbid, allow] of [
    ["resetchannels", "allchannels"],
    ["-@transaction", "+@transaction"],
    ["-info", "+info"],
    ["-@set", "+@set"],
  ] as const) {
    await permit(forbid);
    await admin.call("CLIENT", "KILL", "USER", "bound");
    for (const { ask } of started) {
      const says = async () => (await ask()).text.includes(sentence);
      await waitFor(says, { what: `it to say what ${forbid} does`, timeoutMs: 30_000 });
    }
    await permit(allow);
    for (const app of started) await expectReady(app);
  }
});

test.concurrent("F90 the permissions that the sentence advises are enough", async (place) => {
  const { url, admin } = await redisServer(place);
  const advised = ["+@all", "~customerio-router:*", "&customerio-router:*"];
  await admin.call("ACL", "SETUSER", "bound", "on", ">pw", "resetchannels", ...advised);
  const started = await startApps(place, url.replace("redis://", "redis://bound:pw@"));
  for (const app of started) await expectReady(app);
  for (const { process: child } of started) expect(child.output).not.toContain("NOPERM");
});

test.concurrent("F91 a replica cannot be used until it is promoted", async (place) => {
  const { url, admin } = await redisServer(place, { replicaof: ["127.0.0.1", String(await freePort())] });
  const started = await expectUnusable(place, url, "Redis is a replica and refuses writes");
  await admin.call("REPLICAOF", "NO", "ONE");
  for (const app of started) await expectReady(app);
});

test.concurrent("F92 TLS and plain text that do not meet are told apart, and from an unknown CA", {
  timeout: 180_000,
}, async (place) => {
  const { path } = await temporary(place);
  const [certificate, key] = [join(path, "certificate.pem"), join(path, "key.pem")];
  writeFileSync(certificate, certificates.valid);
  writeFileSync(key, certificateKey);
  const port = await freePort();
  const { url } = await redisServer(place, {
    "tls-port": String(port),
    "tls-cert-file": certificate,
    "tls-key-file": key,
    "tls-ca-cert-file": certificate,
    "tls-auth-clients": "no",
  });
  await expectUnusable(place, url.replace("redis://", "rediss://"), "Redis does not speak TLS");
  await expectUnusable(place, `redis://127.0.0.1:${port}`, "Redis speaks TLS only");
  await expectUnusable(place, `rediss://127.0.0.1:${port}`, "comes from an unknown CA: set REDIS_CA_FILE");
  const trusting = await startApps(place, `rediss://127.0.0.1:${port}`, { REDIS_CA_FILE: certificate });
  for (const app of trusting) await expectReady(app);
});

test.concurrent("F94 a password that is wrong, or missing, cannot be used", async (place) => {
  const { url } = await redisServer(place);
  const admin = new Client(url);
  place.onTestFinished(() => admin.disconnect());
  await admin.config("SET", "requirepass", "hunter2");
  await expectUnusable(place, url, "Redis requires a password");
  await expectUnusable(
    place,
    url.replace("redis://", "redis://:hunter3@"),
    "Redis refuses the user or password",
  );
});

test.concurrent("F99 a full Redis is one that can serve", async (place) => {
  const { url, admin } = await redisServer(place);
  await admin.config("SET", "maxmemory", "1");
  await expect(admin.set("key", "1")).rejects.toThrow("OOM");
  for (const app of await startApps(place, url)) await expectReady(app);
});

async function redisServer(place: TestContext, settings: RedisOptions["settings"] = {}) {
  const server = await startRedis({ settings });
  place.onTestFinished(() => server[Symbol.asyncDispose]());
  const admin = new Client(server.url, { enableReadyCheck: false });
  place.onTestFinished(() => admin.disconnect());
  return { url: server.url, admin };
}

async function temporary(place: TestContext) {
  const folder = await temporaryFolder();
  place.onTestFinished(() => folder[Symbol.asyncDispose]());
  return folder;
}

async function startSentinel(place: TestContext): Promise<string> {
  const { path } = await temporary(place);
  const [config, port] = [join(path, "sentinel.conf"), await freePort()];
  writeFileSync(config, `port ${port}\nbind 127.0.0.1\ndir ${path}\n`);
  const { REDIS_SERVER: command = "redis-server", PATH = "" } = process.env;
  const sentinel = await startChild({ command, args: [config, "--sentinel"], cwd: path, env: { PATH } });
  place.onTestFinished(() => sentinel[Symbol.asyncDispose]());
  await waitFor(() => /Sentinel ID is/.test(sentinel.output), {
    what: () => `a Sentinel: ${sentinel.output}`,
  });
  return `redis://127.0.0.1:${port}`;
}

async function expectReady({ ask }: App): Promise<void> {
  await waitFor(async () => (await ask()).status === 200, { what: "it to be ready" });
}

async function startApps(
  place: TestContext,
  redisUrl: string,
  environment: Record<string, string> = {},
  started: readonly (typeof apps)[number][] = apps,
): Promise<App[]> {
  return await Promise.all(
    started.map(async (app): Promise<App> => {
      const port = await freePort();
      const child = await startProcess({
        entry: `apps/${app}/src/main.ts`,
        env: {
          REDIS_URL: redisUrl,
          SECRET_KEY: secretKey,
          DATA_DIR: (await temporary(place)).path,
          [`${app.toUpperCase()}_PORT`]: String(port),
          ...environment,
        },
        ready: /"msg":"listening"/,
      });
      place.onTestFinished(() => child[Symbol.asyncDispose]());
      return {
        process: child,
        async ask() {
          const response = await fetch(`http://127.0.0.1:${port}/readyz`);
          return { status: response.status, text: await response.text() };
        },
      };
    }),
  );
}

/** Each app is not ready, says why there, and once in its log; the libraries' own lines are nowhere. */
async function expectUnusable(
  place: TestContext,
  redisUrl: string,
  sentence: string,
  some: readonly (typeof apps)[number][] = apps,
): Promise<App[]> {
  const started = await startApps(place, redisUrl, {}, some);
  await Promise.all(
    started.map(async ({ process: child, ask }) => {
      let asked = "";
      const saysWhy = async () => {
        const { status, text } = await ask();
        asked = `${status} ${text}`;
        return status === 503 && text.includes(sentence);
      };
      await waitFor(saysWhy, {
        what: () => `/readyz to say "${sentence}", not ${asked}; ${child.output}`,
        timeoutMs: 30_000,
      });
      for (let count = 0; count < 3; count++) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(await saysWhy(), asked).toBe(true);
      }
      const lines = child.output
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(lines.filter(({ msg }) => msg.includes(sentence))).toHaveLength(1);
      const bare =
        /^(Stream isn't|Connection is closed|Command timed out|NOPERM|MOVED|ERR |READONLY|connect E|read E)/;
      expect(lines.filter(({ msg, err }) => bare.test(msg) || bare.test(err?.message))).toEqual([]);
    }),
  );
  return started;
}
