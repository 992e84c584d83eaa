import { createCommand } from "@customerio-router/service";
import { countOf } from "../in-words.ts";
import { printResult } from "../print-result.ts";
import { readRulesFile } from "./read-rules-file.ts";

export function createCheckCommand() {
  return createCommand("check", {
    summary: "Check the rules of a file",
    description: "Names every problem with its field and, in a condition, the character. Needs no Redis.",
    examples: ["npm run cli -- rules check rules.json"],
    exitCode1: "a rule is invalid",
  })
    .argument("<file>", 'JSON: { "rules": [...] }; - reads standard input')
    .option("--json", "print JSON")
    .action(async (file, options) => {
      const { rules } = await readRulesFile(file);
      printResult(
        { text: `${countOf(rules.length, "rule")}: valid.`, json: { rules: rules.length } },
        options,
      );
    });
}
