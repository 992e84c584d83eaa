import { get } from "node:http";
import Fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { addMetricsRoute } from "../src/index.ts";

async function startMetrics(token?: string) {
  const app = Fastify();
  onTestFinished(() => app.close());
  addMetricsRoute(app, { read: async () => "up 1\n", token });
  const address = new URL("/metrics", await app.listen({ port: 0, host: "127.0.0.1" }));
  /** With Node's own client, because fetch lets nobody name the host. */
  return (headers: Record<string, string> = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      get(address, { headers }, (answer) => {
        answer.resume().on("end", () => resolve(answer.statusCode));
      }).on("error", reject);
    });
}

test.each([
  { forwarded: "for=203.0.113.9" },
  { "x-forwarded-for": "203.0.113.9" },
  { "x-forwarded-for": "127.0.0.1" },
  { "x-forwarded-host": "localhost" },
  { "X-Forwarded-Proto": "https" },
  { "x-real-ip": "203.0.113.9" },
  { host: "rebound.example" },
  { host: "localhost.rebound.example" },
])("F150 without a token /metrics is closed to who came by a proxy or another name: %j", async (headers) => {
  const ask = await startMetrics();
  expect(await ask(headers as Record<string, string>)).toBe(401);
});

test("F150 without a token /metrics is open to this machine, with one to who shows it, by a proxy too", async () => {
  const open = await startMetrics();
  expect(await open()).toBe(200);
  expect(await open({ host: "localhost:3003" })).toBe(200);
  expect(await open({ host: "[::1]:3003" })).toBe(200);
  const closed = await startMetrics("a-token-of-16-characters");
  const byProxy = { "x-forwarded-for": "203.0.113.9", host: "router.example" };
  expect(await closed({ ...byProxy, authorization: "Bearer a-token-of-16-characters" })).toBe(200);
  expect(await closed()).toBe(401);
});
