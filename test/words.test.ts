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
  AnswerFollower: "ReplyFollower",
  createAnswerFollower: "createReplyFollower",
  RegionAnswer: "RegionReply",
  Verdict: "ReadReply",
};
/** Phrases that leave out the quantity, have to be read twice, or avoid the field's word. */
const phrases = [
  "so many",
  "so much of it",
  "so long",
  "so often",
  "as far as",
  "half to all of as many",
  "a call a line",
  "tested as they are",
  "as they come",
  "what becomes of each call",
  "look at what became",
  "told in",
  "told of new jobs",
  "looks by itself",
  "by his own clock",
  "what waits in hand",
  "wait again",
  "waits again",
  "the network of a telephone",
  "who is not logged in",
  "trouble; going on",
  "tried again by itself",
  "is made again by itself",
  "goes out as",
  "delivery goes on",
  "all as by default",
  "by a person in the dashboard",
  "more than one may",
  "why it looks so",
  "changed on the way",
];
/** It is history. */
const unchecked = ["CHANGELOG.md"];

/** Constants and fields that bound something are `max…`. */
const patterns = [/\bmost[A-Z]\w*/g, /\bMOST_\w+/g];

const sources = globSync("{apps,packages,test,bench,scripts}/**/*.{ts,mjs}", {
  cwd: repository,
  exclude: isForeign,
}).filter((path) => !path.endsWith("words.test.ts"));

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

test("no document has one of the refused phrases", () => {
  const documents = globSync("**/*.md", { cwd: repository, exclude: isForeign });
  const checked = documents.filter((path) => !unchecked.includes(path));
  expect(checked).toContain("README.md");
  expect(findIn(checked, (text) => text)).toEqual([]);
});

test("no text that a user meets has one of the refused phrases", () => {
  const sources = globSync(["{apps,packages}/*/src/**/*.{ts,js}", "scripts/**/*.{ts,mjs}"], {
    cwd: repository,
    exclude: isForeign,
  });
  expect(sources.length).toBeGreaterThan(300);
  expect(findIn(sources, withoutComments)).toEqual([]);
});

test("a phrase is found across lines and in nested templates, and not in a comment", () => {
  const source = [
    'const url = "https://a.example/"; // so long',
    "/** So many. */",
    "const page = html`<p>${html`<b>Half of them wait",
    "  again.</b>`} /* as far as */ http://a.example/ So often.</p>`;",
  ].join("\n");
  expect(findPhrases(withoutComments(source))).toEqual(["so often", "wait again"]);
});

function isForeign(path: string): boolean {
  return path.includes("node_modules");
}

function findIn(paths: string[], read: (text: string) => string): string[] {
  return paths.flatMap((path) => {
    const text = read(readFileSync(join(repository, path), "utf8"));
    return findPhrases(text).map((phrase) => `${path}: ${phrase}`);
  });
}

function findPhrases(text: string): string[] {
  const prose = text.replace(/\s+/g, " ").toLowerCase();
  return phrases.filter((phrase) => new RegExp(`\\b${phrase}\\b`).test(prose));
}

/** What is left can have a phrase in its texts alone: no code has two words side by side that make one. */
function withoutComments(source: string): string {
  return source.replace(
    /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?<=^|\s)(?:\/\*[\s\S]*?\*\/|\/\/.*)/gm,
    (token) => (token.startsWith("/") ? "" : token),
  );
}

/** Stored keys keep their names, and comments are prose. */
function withoutText(source: string): string {
  return source
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '""');
}
