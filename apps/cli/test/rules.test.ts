import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createConnectionStore, createRuleStore } from "@customerio-router/connections";
import { temporaryFolder } from "@customerio-router/fixtures";
import { appendRecords } from "@customerio-router/reports";
import { expect, onTestFinished, test } from "vitest";
import { startRedisForTest } from "./redis-for-tests.ts";
import { runCommand } from "./run-command.ts";

const secretKey = "a secret key for tests, 32 characters";
const drop = { name: "No bots", on: true, if: 'message.userId == "bot"', then: { drop: true } };
const hash = { name: "Hash", on: true, if: "", then: { hash: "traits.email" } };

async function open() {
  const { url, redis } = await startRedisForTest();
  const store = createConnectionStore({ redis, secretKey });
  const { id } = await store.ensure({ name: "Shop", siteId: "site-1", apiKey: "key", region: "us" });
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const file = join(folder.path, "rules.json");
  return {
    ...{ id, redis, file, rules: createRuleStore({ redis, secretKey }) },
    write: (content: object) => writeFile(file, JSON.stringify(content)),
    run: (args: string[], input = "") =>
      runCommand(["rules", ...args], { input, env: { REDIS_URL: url, SECRET_KEY: secretKey } }),
  };
}

test("rules are applied from a file, exported as they are, and applied again without a change", async () => {
  const { id, file, rules, write, run } = await open();
  await write({ rules: [drop, { name: "Hash", then: { hash: "traits.email" } }] });
  expect((await run(["apply", file, "Shop", "--salt", "-"], "pepper\n")).stdout).toBe(
    "Shop: 2 rules saved as version 1.\n",
  );
  expect(await rules.read(id)).toEqual({ version: 1, rules: [drop, hash], salted: true });
  const { stdout } = await run(["export", "Shop"]);
  expect(JSON.parse(stdout)).toEqual({ version: 1, rules: [drop, hash] });
  expect((await run(["apply", "-", "shop"], stdout)).stdout).toBe("Shop: unchanged.\n");
  await rules.put(id, { version: 1, rules: [drop] });
  const stale = await run(["apply", "-", "Shop"], stdout);
  expect(stale.code).toBe(1);
  expect(stale.stderr).toContain("have version 2");
  expect((await rules.read(id))?.rules).toEqual([drop]);
});

test("a file is checked without Redis, and every problem is named", async () => {
  const { file, write, run } = await open();
  await write({ rules: [drop] });
  expect((await run(["check", file])).stdout).toBe("1 rule: valid.\n");
  await write({
    rules: [
      { ...drop, if: "message." },
      { name: "No", then: { remove: "type" } },
    ],
  });
  const { code, stderr } = await run(["check", file]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/rules\.0\.if: Character 9: .*\n.*rules\.1\.then\.remove: /s);
});

test("a preview counts what the rules would have done to the last messages", async () => {
  const { id, redis, file, write, run } = await open();
  const records = ["bot", "ann"].map((userId) => ({
    ...{ messageId: userId, jobId: "1", atMs: 1, outcome: "delivered" as const, requests: 1 },
    ...{ attempts: [], operations: [], message: { type: "track", event: "E", messageId: userId, userId } },
  }));
  await appendRecords(redis, id, records);
  await write({ rules: [drop] });
  const { stdout } = await run(["preview", file, "Shop"]);
  expect(stdout).toMatch(/looked at +2\ndropped +1\nchanged +0\nunmatched +1\n/);
  const json = JSON.parse((await run(["preview", file, "Shop", "--json"])).stdout);
  expect(json).toMatchObject({ dropped: 1, examples: [{ messageId: "bot", after: { message: null } }] });
});
