import { join } from "node:path";
import {
  freePort,
  makeCertificates,
  startRedis,
  startRedisCluster,
  startSentinels,
  temporaryFolder,
  tlsSettings,
  waitFor,
} from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { connectRedis, isCluster, type RedisLocation, watchRedisHealth } from "../src/index.ts";

async function expectUsable(location: RedisLocation): Promise<void> {
  await using client = open(location);
  await client.redis.set("key", "1");
  expect(await client.redis.get("key")).toBe("1");
  await waitFor(async () => (await client.health.findProblem()) === undefined, { what: "no problem" });
}

async function expectProblem(location: RedisLocation, sentence: string): Promise<void> {
  await using client = open(location);
  let problem: unknown;
  const isFound = async () => {
    problem = (await client.health.findProblem())?.sentence;
    return String(problem).includes(sentence);
  };
  await waitFor(isFound, { what: () => `"${sentence}", not "${problem}"` });
}

function open(location: RedisLocation) {
  const redis = connectRedis({ ...location, profile: "consumer" });
  const logger = { info: () => {}, warn: () => {}, error: () => {} };
  const health = watchRedisHealth({ redis, url: location.url, logger });
  return {
    redis,
    health,
    async [Symbol.asyncDispose]() {
      health[Symbol.dispose]();
      redis.disconnect();
    },
  };
}

test("F281 a Redis with a CA of its own, that requires a client certificate, is reached with both; without, it is said which is missing", async () => {
  await using folder = await temporaryFolder();
  const certificates = makeCertificates(folder.path);
  const { ca: caFile, client } = certificates;
  const port = await freePort();
  await using _redis = await startRedis({ settings: tlsSettings(certificates, port) });
  const url = `rediss://localhost:${port}`;
  const [certFile, keyFile] = [client.certificate, client.key];
  await expectUsable({ url, tls: { caFile, certFile, keyFile } });
  await expectProblem({ url, tls: { certFile, keyFile } }, "comes from an unknown CA: set REDIS_CA_FILE");
  await expectProblem({ url, tls: { caFile } }, "requires a client certificate: set REDIS_CERT_FILE");
  await using elsewhere = await temporaryFolder();
  const stranger = makeCertificates(elsewhere.path).client;
  const tls = { caFile, certFile: stranger.certificate, keyFile: stranger.key };
  await expectProblem({ url, tls }, "refuses the client certificate in REDIS_CERT_FILE");
});

test("a Redis is reached by its socket, in the database of the URL", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "redis.sock");
  await using redis = await startRedis({ settings: { unixsocket: path } });
  await expectUsable({ url: `unix://${path}?db=3` });
  await expectProblem({ url: `unix://${path}.not` }, "The socket that REDIS_URL names does not exist");
  await using third = open({ url: `${redis.url}/3` });
  expect(await third.redis.get("key")).toBe("1");
});

test("F282 a cluster is reached by one address, its configuration endpoint", {
  timeout: 60_000,
}, async () => {
  await using plain = await startRedisCluster();
  const [endpoint = ""] = plain.url.split(",");
  const url = endpoint.replace("redis:", "redis+cluster:");
  await expectUsable({ url });
  await using client = open({ url });
  expect(isCluster(client.redis)).toBe(true);
});

test("F283 Sentinels whose login or whose name of the primary is wrong, or that are away, are told apart", {
  timeout: 60_000,
}, async () => {
  const users = {
    redis: { username: "router", password: "hunter2" },
    sentinel: { username: "asker", password: "hunter3" },
  };
  await using sentinels = await startSentinels({ users });
  const { url } = sentinels;
  await expectUsable({ url });
  await expectProblem({ url: url.replace("/shop", "/shoe") }, "The Sentinels do not know the primary");
  await expectProblem({ url: url.replace(/\?.*/, "") }, "The Sentinels refuse the user or password");
  await expectProblem(
    { url: url.replace("hunter3", "hunter4") },
    "The Sentinels refuse the user or password",
  );
  await expectProblem({ url: url.replace("hunter2", "hunter4") }, "Redis refuses the user or password");
  await expectProblem(
    { url: `redis+sentinel://127.0.0.1:${await freePort()}/shop` },
    "No Sentinel in REDIS_URL answers",
  );
});

test("F282 a cluster with TLS is reached by the names that its certificate has", async () => {
  await using folder = await temporaryFolder();
  const certificates = makeCertificates(folder.path);
  const port = await freePort();
  await using redis = await startRedis({
    settings: {
      ...tlsSettings(certificates, port),
      "tls-cluster": "yes",
      "cluster-enabled": "yes",
      "cluster-port": String(await freePort()),
      "cluster-announce-hostname": "localhost",
      "cluster-preferred-endpoint-type": "hostname",
    },
  });
  await using admin = open({ url: redis.url });
  await admin.redis.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
  const { ca, client } = certificates;
  await expectUsable({
    url: `rediss+cluster://localhost:${port}`,
    tls: { caFile: ca, certFile: client.certificate, keyFile: client.key },
  });
});

test("F287 a Sentinel is frozen while the primary is killed: every client reaches the next one", {
  timeout: 60_000,
}, async () => {
  await using sentinels = await startSentinels();
  const { url } = sentinels;
  const clients = Array.from({ length: 10 }, () => connectRedis({ url, profile: "consumer" }));
  await using _clients = {
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.disconnect();
    },
  };
  await Promise.all(clients.map((client) => client.ping()));
  const primary = await sentinels.primary();
  // Whoever asks it is still waiting when the others tell of the next primary.
  sentinels.sentinels[0]?.freeze();
  await primary.kill("SIGKILL");
  const writeAll = Promise.all(clients.map((client) => client.set("key", "1")));
  await waitFor(() => clients.every(({ status }) => status !== "ready"), { what: "the end of the primary" });
  await waitFor(() => clients.every(({ status }) => status === "ready"), {
    what: () => `every client, not ${clients.map(({ status }) => status)}`,
    timeoutMs: 20_000,
  });
  expect(await writeAll).toEqual(clients.map(() => "OK"));
});
