import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createConnectionStore, readHeldDecisions, reportHeld } from "@customerio-router/connections";
import { temporaryFolder } from "@customerio-router/fixtures";
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

test("spool copy copies what a process has locked and logged, and never over another copy", async () => {
  await using data = await temporaryFolder();
  const [folder, to] = [join(data.path, "spool"), join(data.path, "copies")];
  const run = async () => {
    const ran = await runCommand(["spool", "copy", to, "--json"], { env: { DATA_DIR: data.path } });
    return ran.code === 0 ? [ran.code, JSON.parse(ran.stdout)] : [ran.code, ran.stderr];
  };
  expect(await run()).toEqual([1, expect.stringContaining("DATA_DIR is not that of an intake")]);
  await mkdir(folder);
  using database = new DatabaseSync(join(folder, "spool-1.sqlite"));
  database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
    CREATE TABLE jobs (messages INTEGER NOT NULL) STRICT; INSERT INTO jobs VALUES (3), (4)`);
  const files = [{ file: "spool-1.sqlite", messages: 7 }];
  expect(await run()).toEqual([0, { to, messages: 7, files }]);
  expect(await readdir(to)).toEqual(["spool-1.sqlite"]);
  expect(await run()).toEqual([1, expect.stringContaining("name a folder without spools")]);
});
