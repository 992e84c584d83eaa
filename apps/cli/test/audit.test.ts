import { readActions } from "@customerio-router/reports";
import { nameOf } from "@customerio-router/service";
import { expect, test } from "vitest";
import { auditedCommands, tellingCommands } from "../src/audit/audited-commands.ts";
import { createProgram } from "../src/program.ts";
import { leavesOf } from "../src/reference/leaves-of.ts";
import { startRedisForTest } from "./redis-for-tests.ts";
import { runCommand } from "./run-command.ts";

test("every command is either told in the audit log, or tells and asks only", async () => {
  const names = leavesOf(await createProgram({})).map((command) => nameOf(command));
  expect(names.filter((name) => name in auditedCommands === tellingCommands.has(name))).toEqual([]);
});

test("what commands do is told with who, from where and what changed; what they refuse is not", async () => {
  const { url, redis } = await startRedisForTest();
  const env = {
    REDIS_URL: url,
    SECRET_KEY: "a secret key for tests, 32 characters",
    CUSTOMERIO_API_KEY: "hunter2-api-key",
  };
  const run = (...args: string[]) => runCommand(["connections", ...args], { env });
  await run("add", "Shop", "--site-id", "site-1", "--region", "us", "--no-check");
  expect((await run("pause", "shop")).stderr).toBe("");
  expect((await run("remove", "Shop")).code).toBe(1);
  expect((await run("remove", "Shop", "--yes")).code).toBe(0);
  const actions = [];
  for await (const action of readActions(redis, {})) actions.push(action);
  const by = { user: expect.stringMatching(/./), via: "command line", from: expect.stringMatching(/./) };
  const subject = { kind: "connection", id: expect.any(String), name: "Shop" };
  expect(actions).toMatchObject([
    { action: "connection.delete", by, subject },
    { action: "connection.pause", by, subject },
    { action: "connection.create", by, subject },
  ]);
  expect(actions.at(-1)?.changes).toContainEqual(["siteId", null, "site-1"]);
  expect(JSON.stringify(actions)).not.toContain("hunter2");
});
