import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { expect, test } from "vitest";
import { createProgram } from "../src/program.ts";

const repository = join(import.meta.dirname, "../../..");
const documents = globSync(["*.md", "docs/*.md", "{apps,packages}/*/README.md"], { cwd: repository });
const program = await createProgram({});
const names = program.commands.map((command) => command.name());

/** The words after the command's name, where a document names a command: "npm run cli -- spool list --json". */
function commandLines(text: string): string[][] {
  const named = new RegExp(
    String.raw`npm run (?:--silent )?((?:cli|${names.join("|")})(?![\w-])[^\n\`]*)`,
    "g",
  );
  return [...text.matchAll(named)].map(
    ([, line = ""]) =>
      line
        .split(/ [<|#] /)[0]
        ?.split(/\s+/)
        .filter((word) => !["cli", "--", ""].includes(word)) ?? [],
  );
}

/** What of it does not exist. */
function findUnknown(words: string[]): string[] {
  let command: CommandUnknownOpts = program;
  let rest = words;
  while (command.commands.length > 0 && /^[a-z][a-z-]*$/.test(rest[0] ?? "")) {
    const [word = ""] = rest;
    const next = command.commands.find((subcommand) => subcommand.name() === word);
    if (!next) return [word];
    command = next;
    rest = rest.slice(1);
  }
  const known = ["--help", ...command.options.map(({ long }) => long)];
  return rest
    .flatMap((word) => /^\W*(--[a-z-]+)/.exec(word)?.[1] ?? [])
    .filter((option) => !known.includes(option));
}

test("the documents name only commands and options that exist", () => {
  const lines = documents.flatMap((path) => commandLines(readFileSync(join(repository, path), "utf8")));
  expect(lines.length).toBeGreaterThan(15);
  expect(lines.flatMap((words) => findUnknown(words).map((word) => `${word} in ${words.join(" ")}`))).toEqual(
    [],
  );
});

test("what does not exist is found", () => {
  expect(commandLines("run `npm run cli -- spool lst`").flatMap(findUnknown)).toEqual(["lst"]);
  expect(commandLines("npm run spool -- list --jsn").flatMap(findUnknown)).toEqual(["--jsn"]);
});

test("each command has a name of its own in package.json's scripts", () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  for (const name of ["map", "import", "connections", "ledger", "spool", "rekey"]) {
    expect(scripts[name]).toBe(`exec sh scripts/run.sh node apps/cli/src/main.ts ${name}`);
  }
  expect(scripts.cli).toBe("exec sh scripts/run.sh node apps/cli/src/main.ts");
});
