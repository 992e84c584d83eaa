import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { isObject } from "@customerio-router/messages";
import { type RuleList, validateRules } from "@customerio-router/rules";
import { CommandError } from "../command-error.ts";

/** The rules of a file; without a version they replace any others. */
export type RulesFile = { version?: number; rules: RuleList["rules"] };

/** Reads `{ rules }`, whose version may be left out; `-` is standard input. @throws CommandError with every problem, one per line */
export async function readRulesFile(path: string): Promise<RulesFile> {
  const value = await readJsonFile(path);
  const validated = validateRules(isObject(value) ? { version: 0, ...value } : value);
  if (!validated.ok) throw new CommandError(formatProblems(path, validated.problems));
  const { version, rules } = validated.list;
  return isObject(value) && "version" in value ? { version, rules } : { rules };
}

/** @throws CommandError */
async function readJsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await (path === "-" ? text(process.stdin) : readFile(path, "utf8")));
  } catch (error) {
    throw new CommandError(`${path}: ${(error as Error).message}`);
  }
}

export function formatProblems(
  path: string,
  problems: readonly { field: string; message: string }[],
): string {
  return problems.map(({ field, message }) => [path, field, message].filter(Boolean).join(": ")).join("\n");
}
