import { createCommand } from "@customerio-router/service";
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
      printResult({ text: `${count(rules.length)}: valid.`, json: { rules: rules.length } }, options);
    });
}

export function count(rules: number): string {
  return rules === 1 ? "1 rule" : `${rules} rules`;
}
