import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const repository = join(import.meta.dirname, "..");

/** One word for one thing: what these named has another name now. */
const retired: Record<string, string> = {
  tenure: "fencingNumber, or the fencing token",
  standBack: "pause",
  startAfresh: "return jobs to the queue",
  onTrouble: "onError",
  messagesWelcome: "capacity",
  doubtful: "active jobs that are not known",
  heir: "successor",
  misdeed: "fault",
  pour: "sendSteadily",
  openHouse: "openSystem",
  createTurns: "createSemaphore",
  patienceMs: "timeoutMs",
  Standing: "Totals",
};
/** Constants and fields that bound something are `max…`. */
const patterns = [/\bmost[A-Z]\w*/g, /\bMOST_\w+/g];

const sources = globSync("{apps,packages,test,bench,scripts}/**/*.{ts,mjs}", {
  cwd: repository,
  exclude: (path) => path.includes("node_modules"),
}).filter((path) => !path.endsWith("words.test.ts") && !path.startsWith("scripts/import/"));

test("no identifier is one of those that were given up", () => {
  expect(sources.length).toBeGreaterThan(500);
  const found = sources.flatMap((path) => {
    const code = withoutText(readFileSync(join(repository, path), "utf8"));
    const words = new Set(code.match(/\w+/g));
    return [
      ...Object.keys(retired).filter((word) => words.has(word)),
      ...patterns.flatMap((pattern) => code.match(pattern) ?? []),
    ].map((word) => `${path}: ${word}${retired[word] ? `, which is ${retired[word]} now` : ""}`);
  });
  expect(found).toEqual([]);
});

/** Stored keys keep their names, and comments are prose. */
function withoutText(source: string): string {
  return source
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '""');
}
