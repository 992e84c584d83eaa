import Fastify, { type FastifyBaseLogger } from "fastify";
import { afterEach, expect, test } from "vitest";
import { addHealthRoutes, createLogger, type Readiness } from "../src/index.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function ask(path: string, readiness: () => Promise<Readiness> | Readiness) {
  const loggerInstance: FastifyBaseLogger = createLogger({ name: "health", level: "silent" });
  const app = Fastify({ loggerInstance });
  closers.push(() => app.close());
  addHealthRoutes(app, { readiness });
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  const answer = await fetch(`${address}${path}`);
  return { status: answer.status, body: await answer.json() };
}

test("a process that answers is live, whatever it lacks", async () => {
  expect(await ask("/livez", () => ({ problems: ["no Redis"] }))).toEqual({
    status: 200,
    body: { live: true },
  });
});

test("a ready process tells its warnings", async () => {
  const answer = await ask("/readyz", async () => ({ problems: [], warnings: ["Redis evicts keys"] }));
  expect(answer).toEqual({
    status: 200,
    body: { ready: true, problems: [], warnings: ["Redis evicts keys"] },
  });
});

test("a process with a problem is not ready", async () => {
  const answer = await ask("/readyz", () => ({ problems: ["no Redis"] }));
  expect(answer).toEqual({ status: 503, body: { ready: false, problems: ["no Redis"], warnings: [] } });
});

test("a readiness that fails is a problem and keeps its reason to itself", async () => {
  const answer = await ask("/readyz", () => {
    throw new Error("hunter2");
  });
  expect(answer.status).toBe(503);
  expect(JSON.stringify(answer.body)).not.toContain("hunter2");
});

test("a readiness that never comes is a problem", async () => {
  expect((await ask("/readyz", () => new Promise<never>(() => {}))).status).toBe(503);
});
