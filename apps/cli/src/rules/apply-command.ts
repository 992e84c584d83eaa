import { isDeepStrictEqual } from "node:util";
import { createRuleStore, type RuleStore } from "@customerio-router/connections";
import { createCommand, readSecretArgument } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import { openConnections, storeVariables } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { findConnection } from "../find-connection.ts";
import { countOf } from "../in-words.ts";
import { printResult } from "../print-result.ts";
import { formatProblems, readRulesFile } from "./read-rules-file.ts";

export function createApplyCommand(environment: Environment) {
  return createCommand("apply", {
    summary: "Replace a connection's rules by those of a file",
    description:
      "All of them or none. Where the file has a version, the rules must not have been changed since; without one they are replaced in any case. Applying a file again changes nothing.",
    examples: ['npm run cli -- rules apply rules.json "Shop"'],
    variables: storeVariables,
    exitCode1: "a rule is invalid, or the rules were changed meanwhile",
  })
    .argument("<file>", 'JSON: { "rules": [...] }; - reads standard input')
    .argument("<connection>", "its name or id")
    .option("--salt <salt>", "a salt that stands before what is hashed; - reads it from standard input")
    .option("--json", "print JSON")
    .action(async (file, nameOrId, { salt: argument, ...options }) => {
      if (file === "-" && argument === "-") throw new CommandError("only one of file and salt can be -");
      const list = await readRulesFile(file);
      const salt = await readSecretArgument(argument);
      await using open = await openConnections(environment);
      const { id, name } = await findConnection(open.store, nameOrId);
      const store = createRuleStore(open);
      const saved = await store.read(id);
      if (saved && salt === undefined && isDeepStrictEqual(saved.rules, list.rules)) {
        const { version } = saved;
        return printResult(
          { text: `${name}: unchanged.`, json: { id, name, version, isChanged: false } },
          options,
        );
      }
      const version = list.version ?? saved?.version ?? 0;
      const applied = await put(
        store,
        { id, name, file },
        { ...list, version, ...(salt !== undefined && { salt }) },
      );
      const text = `${name}: ${countOf(list.rules.length, "rule")} saved as version ${applied}.`;
      printResult({ text, json: { id, name, version: applied, isChanged: true } }, options);
    });
}

/** @returns the version @throws CommandError */
async function put(
  store: RuleStore,
  { id, name, file }: { id: string; name: string; file: string },
  input: object,
): Promise<number> {
  const saved = await store.put(id, input);
  if (!saved) throw new CommandError(`${name} was deleted meanwhile`);
  if (saved.ok) return saved.list.version;
  if (saved.why === "invalid") throw new CommandError(formatProblems(file, saved.problems));
  throw new CommandError(
    `${name}: nothing is saved. Its rules were changed meanwhile and have version ${saved.version}: export them, or remove the version from the file`,
  );
}
