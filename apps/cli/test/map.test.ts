import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@customerio-router/fixtures";
import { describe, expect, test } from "vitest";
import { runCommand } from "./run-command.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

async function map(lines: string[], ...args: string[]) {
  const { stdout, stderr, code } = await runCommand(["map", ...args], { input: lines.join("\n") });
  const results = stdout.split("\n").filter(Boolean);
  return { results: results.map((line) => JSON.parse(line)), stderr, code };
}

const track = (userId: string) => JSON.stringify({ type: "track", event: "E", userId, messageId: "m" });

test("calls come out in order, one result a line", async () => {
  const people = Array.from({ length: 2_000 }, (_, at) => `user-${at}`);
  const { results, stderr, code } = await map(people.map(track));
  expect(results.map((result) => result.operations[0].identifiers.id)).toStrictEqual(people);
  expect({ stderr, code }).toStrictEqual({ stderr: "", code: 0 });
});

test("settings and the connection's id count", async () => {
  const call = JSON.stringify({ type: "track", event: "E", anonymousId: "anon-1", messageId: "m" });
  const [one] = (await map([call], "--settings", '{"anonymousEvents":"send"}')).results;
  expect(one.operations[0].identifiers).toStrictEqual({ anonymous_id: "anon-1" });
  const [other] = (await map([call], "--settings", '{"anonymousEvents":"send"}', "--connection-id", "c-2"))
    .results;
  expect(other.operations[0].id).not.toBe(one.operations[0].id);
});

test("--rules runs the rules of a file first, and --explain says which did what", async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "rules.json");
  const rules = [
    { name: "No bots", if: 'message.userId == "bot"', then: { drop: true } },
    { name: "No addresses", then: { remove: "properties.ip" } },
  ];
  await writeFile(file, JSON.stringify({ rules }));
  const call = (userId: string) =>
    JSON.stringify({ type: "track", event: "E", userId, messageId: "m", properties: { ip: "::1" } });
  const { results } = await map([call("bot"), call("ann")], "--rules", file, "--explain");
  expect(results[0]).toMatchObject({ kind: "skipped", reason: "rule: No bots" });
  expect(results[1].operations[0].attributes).toStrictEqual({});
  expect(results[1].explanation[0]).toContain("The rule `No addresses` changed the message");
  await writeFile(
    file,
    JSON.stringify({ rules: [{ name: "Bad", if: "message.", then: { remove: "type" } }] }),
  );
  const refused = await map([call("ann")], "--rules", file);
  expect(refused.stderr).toMatch(/rules\.0\.if: Character 9: .*\n.*rules\.0\.then\.remove: `type` cannot/s);
  expect(refused.code).toBe(1);
});

test("--explain adds why", async () => {
  const { results } = await map([track("user-1"), '{"type":"track"}'], "--explain");
  expect(results[0].explanation[0]).toBe("Who: `userId` is the person's id.");
  expect(results[1].explanation).toStrictEqual([results[1].message]);
});

test("a bad line is named by its number and keeps its place; blank lines have none", async () => {
  const { results, stderr, code } = await map([track("a"), "", "{nope", track("b"), "  ", '"text"', ""]);
  expect(results.map(({ kind, reason }) => reason ?? kind)).toStrictEqual([
    "operations",
    "malformed-json",
    "operations",
    "not-a-call",
  ]);
  expect(stderr).toMatch(/^Line 3 is not JSON: [^\n]+\n$/);
  expect(results[1].message).toBe(stderr.trim());
  expect(code).toBe(1);
});

test("a byte order mark is no part of the first call, and no byte of a bad line steers the terminal", async () => {
  const { results, stderr } = await map([`\ufeff${track("a")}`, "\u001b[2J\u0007"]);
  expect(results.map(({ kind }) => kind)).toStrictEqual(["operations", "rejected"]);
  expect(stderr).toMatch(/^Line 2 is not JSON: \P{Cc}+\n$/u);
});

describe("options that are none are refused, every problem in a line", () => {
  test.each([
    [
      ["--settings", '{"identifyBy":"phone","maxTraitsPerIdentify":301,"colour":1}'],
      ["identifyBy", "maxTraitsPerIdentify", "colour"],
    ],
    [["--settings", "{"], ["--settings is not JSON"]],
    [["--settings", "[]"], ["--settings"]],
    [["--colour"], ["--colour"]],
    [["track"], ["track"]],
  ])("%j", async (args, named) => {
    const { results, stderr, code } = await map([track("a")], ...args);
    expect({ results, code }).toStrictEqual({ results: [], code: 1 });
    const problems = stderr.trim().split("\n");
    expect(problems).toHaveLength(named.length);
    for (const name of named) expect(stderr).toContain(name);
    expect(stderr).not.toContain("    at ");
  });
});

test("a reader that has read enough ends it quietly", async () => {
  const child = spawn(process.execPath, [main, "map"]);
  const stderr = text(child.stderr);
  child.stdin.on("error", () => "it no longer reads");
  child.stdout.once("data", () => child.stdout.destroy());
  for (let at = 0; at < 20_000; at += 1) child.stdin.write(`${track(`user-${at}`)}\n`);
  child.stdin.end();
  const [code] = await once(child, "exit");
  expect({ code, stderr: await stderr }).toStrictEqual({ code: 0, stderr: "" });
});
