import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { connectionId, lineOf, linesOf, owner } from "./lines.ts";
import { openTestArchive } from "./open-test-archive.ts";

const document = await readFile(join(import.meta.dirname, "../../../docs/archive.md"), "utf8");
const [view = "", ...queries] = [...document.matchAll(/```sql\n([^`]+)```/g)].map(([, sql = ""]) => sql);

test("the queries of docs/archive.md give what is in the archive, after a merge and an erasure too", async () => {
  await using opened = await openTestArchive();
  const { archive, folder } = opened;
  const cuts = [1, 301, 601].map((first) => ({ first, last: first + 299 }));
  for (const cut of cuts) await archive.writeCut(connectionId, cut, linesOf(cut), owner);
  const ada = lineOf(901, { message: { type: "identify", traits: { email: "Ada@example.com" } } });
  await archive.writeCut(connectionId, { first: 901, last: 901 }, [[ada]], owner);
  await archive.writeCut("another", { first: 1, last: 1 }, [[lineOf(3)]], owner);
  await archive.rewrite("another", ["id:user-3"], () => false, owner);
  await archive.merge(connectionId, owner);

  const results = await run([view.replace("'archive/", `'${folder}/`), ...queries]);
  expect(results).toHaveLength(6);
  const [, outcomes, reasons, person, durations, sums] = results;
  const partition = { connection: connectionId, date: "2026-01-01" };
  expect(outcomes).toEqual([
    { ...partition, outcome: "delivered", messages: "865" },
    { ...partition, outcome: "rejected", messages: "36" },
  ]);
  expect(reasons).toMatchObject([{ reason: "no-user", messages: "36" }]);
  expect(person).toMatchObject([{ event: "identify", outcome: "delivered" }]);
  expect(durations).toEqual([
    { event: "track Product Viewed", messages: "600", p99_ms: 500 },
    { event: "track Order Completed", messages: "300", p99_ms: 500 },
  ]);
  const completed = linesOf({ first: 1, last: 900 })
    .flat()
    .filter(({ head }, index) => head.outcome === "delivered" && (index + 1) % 3 === 0);
  const revenue = completed.reduce(
    (sum, { head }) => sum + Number(head.messageId.slice("message-".length)) / 4,
    0,
  );
  expect(sums).toEqual([{ date: "2026-01-01", revenue }]);
});

async function run(statements: string[]) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const results = [];
    for (const sql of statements) results.push((await connection.runAndReadAll(sql)).getRowObjectsJson());
    return results;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
