import { createConnectionStore, type Receipt } from "@customerio-router/connections";
import { createBackend } from "@customerio-router/queue";
import { erasureKeys } from "@customerio-router/redis";
import { appendRecords } from "@customerio-router/reports";
import { expect, test } from "vitest";
import { startRedisForTest } from "./redis-for-tests.ts";
import { runCommand } from "./run-command.ts";

const secretKey = "a secret key of the tests, 32 characters";

async function openSetting() {
  const { url, redis } = await startRedisForTest();
  const store = createConnectionStore({ redis, secretKey });
  const saved = await store.create({ name: "Shop", siteId: "site-1", apiKey: "key", region: "us" });
  if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
  const run = (args: string[], input = "", env: Record<string, string> = {}) =>
    runCommand(["erase", ...args], { env: { REDIS_URL: url, SECRET_KEY: secretKey, ...env }, input });
  return { redis, url, run, connectionId: saved.connection.id };
}

test("erase asks for an erasure, prints its receipt without the person, and --lift takes it back", async () => {
  const { redis, run, connectionId } = await openSetting();
  const ran = await run(["--person", "ada-1815", "--connection", "Shop", "--wait", "--timeout", "0"]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain("1 of 1 erasures are outstanding");
  expect(ran.stdout).not.toContain("ada");
  const receipt = JSON.parse(ran.stdout) as Receipt;
  expect(receipt).toMatchObject({
    state: "outstanding",
    connection: connectionId,
    connections: [{ name: "Shop", outstanding: ["No worker that owns the connection has begun"] }],
  });
  expect(await redis.hlen(erasureKeys.list)).toBe(1);
  expect((await run(["--list"])).stdout).toContain(receipt.id);
  const lifted = await run(["--lift", receipt.id]);
  expect(JSON.parse(lifted.stdout)).toMatchObject({ state: "lifted" });
  expect(await redis.hlen(erasureKeys.list)).toBe(0);
  expect(JSON.parse((await run(["--receipt", receipt.id])).stdout)).toMatchObject({ state: "lifted" });
});

test("erase reads a list from standard input, one person per line, and none of it where a line is wrong", async () => {
  const { redis, run } = await openSetting();
  const wrong = await run(["--from-file", "-", "--connection", "all"], "ada\nemail:nobody\n");
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringContaining("line 2: This is not an email address"),
  ]);
  expect(await redis.hlen(erasureKeys.records)).toBe(0);
  const ran = await run(["--from-file", "-", "--connection", "all"], "ada\n\nalan@example.com\n");
  expect(ran.stdout.trim().split("\n")).toHaveLength(2);
  expect(await redis.hlen(erasureKeys.records)).toBe(2);
});

test("F318 erase erases nobody where an option of it is wrong, or asks for something else", async () => {
  const { redis, run } = await openSetting();
  const erasing = ["--person", "ada", "--connection", "all"];
  for (const [wrong, why] of [
    [
      ["--timeout", "-1"],
      "'--timeout <seconds>' argument '-1' is invalid. It must be a whole number from 0 on.",
    ],
    [["--wait", "--timeout", "1h"], "'--timeout <seconds>' argument '1h' is invalid."],
    [["--lift", "e1"], "option '--lift <id>' cannot be used with option '--person <person>'."],
    [["--receipt", "e1"], "option '--receipt <id>' cannot be used with option '--person <person>'."],
    [["--list"], "option '--list' cannot be used with option '--person <person>'."],
  ] as const) {
    const { code, stderr } = await run([...erasing, ...wrong]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(why)]);
  }
  expect(await redis.hlen(erasureKeys.records)).toBe(0);
});

test("erase says what is missing", async () => {
  const { run } = await openSetting();
  expect((await run(["--person", "1"])).stderr).toContain("give --connection");
  expect((await run(["--connection", "all"])).stderr).toContain("give either --person or --from-file");
  expect((await run(["--receipt", "e1"])).stderr).toContain("there is no erasure");
  expect((await run(["--person", "1", "--connection", "all"], "", { SECRET_KEY: "" })).stderr).toContain(
    "SECRET_KEY",
  );
});

test("person export prints what is kept of a person, and nothing of others", async () => {
  const { redis, url, connectionId } = await openSetting();
  const message = (messageId: string, userId: string) => ({ type: "track", messageId, userId, event: "E" });
  const data = { entries: [{ message: message("m1", "ada") }, { message: message("m2", "ada-2") }] };
  await createBackend(redis).queue(connectionId).add("2 messages", data);
  await appendRecords(redis, connectionId, [
    {
      ...{ messageId: "m3", jobId: "1", atMs: Date.now(), outcome: "delivered", requests: 1, attempts: [] },
      ...{ operations: [{ type: "person", action: "delete", identifiers: { id: "ada" } }] },
      message: message("m3", "ada"),
    },
  ]);
  const ran = await runCommand(["person", "export", "--person", "-"], {
    env: { REDIS_URL: url, SECRET_KEY: secretKey, ARCHIVE_URL: "off" },
    input: "ada\n",
  });
  const lines = ran.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { where: "waiting", connection: { id: connectionId, name: "Shop" }, message: { messageId: "m1" } },
    { where: "records", message: { messageId: "m3" }, settled: { outcome: "delivered" } },
  ]);
  expect(ran.stderr).toContain("1 waiting, 0 failed, 1 records, 0 archive");
  expect(ran.stderr).toContain("the spools of intakes");
});
