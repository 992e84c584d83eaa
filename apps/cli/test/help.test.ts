import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { nameOf } from "@customerio-router/service";
import { expect, test } from "vitest";
import { createProgram } from "../src/program.ts";
import { runCommand } from "./run-command.ts";

const program = await createProgram({});
const withGroups = (command: CommandUnknownOpts): CommandUnknownOpts[] => [
  command,
  ...command.commands.flatMap(withGroups),
];
const wordsOf = (command: CommandUnknownOpts) => (command === program ? [] : nameOf(command).split(" "));

/** What `--help` prints. */
function helpOf(command: CommandUnknownOpts): string {
  let help = "";
  command.configureOutput({
    writeOut(text) {
      help += text;
    },
  });
  command.outputHelp();
  return help;
}

test("--help prints the help and ends with 0", async () => {
  for (const command of [program, ...program.commands.slice(0, 1)]) {
    const ran = await runCommand([...wordsOf(command), "--help"]);
    expect(ran).toEqual({ code: 0, stdout: helpOf(command), stderr: "" });
  }
});

test.each(withGroups(program).map((command) => [nameOf(command), command] as const))(
  "the help of %s tells what it does, its usage, arguments, options, examples and exit codes",
  (_name, command) => {
    const stdout = helpOf(command);
    const usage = ["npm run cli --", ...wordsOf(command)].join(" ");
    expect(stdout).toMatch(new RegExp(`^Usage: ${usage} `));
    const shown = stdout.replaceAll(/\s+/g, " ");
    const descriptions = [
      ...[...command.registeredArguments, ...command.options].map(({ description }) => description),
      ...command.commands.map((subcommand) => subcommand.summary()),
    ];
    expect(descriptions.length).toBeGreaterThan(0);
    for (const description of descriptions) {
      expect(description).not.toBe("");
      expect(shown).toContain(description);
    }
    expect(stdout).toMatch(/^Examples:\n +\S/m);
    expect(stdout).toMatch(/^Exit codes:\n +0 +done\n +1 +failed/m);
  },
);

test.each([
  [["mapp"], "cli: unknown command 'mapp'. Did you mean map? See npm run cli -- --help"],
  [["spool", "lst"], "spool: unknown command 'lst'. Did you mean list? See npm run cli -- spool --help"],
  [
    ["spool", "list", "--jsn"],
    "spool list: unknown option '--jsn'. Did you mean --json? See npm run cli -- spool list --help",
  ],
  [["--colour"], "cli: unknown option '--colour'. See npm run cli -- --help"],
  [["spool", "drop"], "spool drop: missing required argument 'id'. See npm run cli -- spool drop --help"],
  [
    ["spool", "drop", "c1", "c2"],
    "spool drop: too many arguments for 'drop'. Expected 1 argument but got 2: c1, c2. See npm run cli -- spool drop --help",
  ],
])("%j is answered with one sentence, the nearest known name and where to look", async (args, sentence) => {
  expect(await runCommand(args)).toEqual({ code: 1, stdout: "", stderr: `${sentence}\n` });
});

test.each([[[]], [["spool"]]])("%j without a command prints the help and fails", async (args) => {
  const { code, stdout, stderr } = await runCommand(args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^Usage: npm run cli -- .*\[command\]$/m);
});

test("a variable that is missing or wrong is named, without a stack", async () => {
  const { code, stderr } = await runCommand(["spool", "list"]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^spool list: invalid environment:\n.*REDIS_URL/),
  });
  expect(stderr).not.toContain("    at ");
});
