import { createConnectionStore, readHeldDecisions, reportHeld } from "@customerio-router/connections";
import { expect, test } from "vitest";
import { startRedisForTest } from "./redis-for-tests.ts";
import { runCommand } from "./run-command.ts";

const secretKey = "a secret key for tests, 32 characters";
const oldestAtMs = Date.UTC(2026, 0, 1);

test("spool list, assign and drop print JSON, and leave their decisions to the intakes", async () => {
  const { url, redis } = await startRedisForTest();
  const store = createConnectionStore({ redis, secretKey });
  const saved = await store.create({ name: "Shop", siteId: "site-1", apiKey: "key", region: "us" });
  if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
  const { id } = saved.connection;
  await reportHeld(redis, {
    intake: "intake-1",
    held: [
      { connectionId: "c1", messages: 3, bytes: 300, oldestAtMs },
      { connectionId: "c2", messages: 4, bytes: 400, oldestAtMs },
    ],
  });
  const run = async (...args: string[]) => {
    const ran = await runCommand(["spool", ...args, "--json"], { env: { REDIS_URL: url } });
    return ran.code === 0 ? [ran.code, JSON.parse(ran.stdout)] : [ran.code, ran.stderr];
  };
  expect(await run("list")).toMatchObject([0, [{ connectionId: "c1", messages: 3 }, { connectionId: "c2" }]]);
  expect(await run("assign", "c1", "Shop")).toEqual([
    0,
    { connectionId: "c1", messages: 3, to: { id, name: "Shop" } },
  ]);
  expect(await run("drop", "c2")).toEqual([1, expect.stringContaining("confirm with --yes")]);
  expect(await readHeldDecisions(redis)).toEqual(new Map([["c1", { to: id }]]));
  expect(await run("drop", "c2", "--yes")).toEqual([0, { connectionId: "c2", messages: 4 }]);
  expect(await readHeldDecisions(redis)).toEqual(
    new Map<string, unknown>([
      ["c1", { to: id }],
      ["c2", "drop"],
    ]),
  );
});
