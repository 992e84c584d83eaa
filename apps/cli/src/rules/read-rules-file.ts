import { readFile } from "node:fs/promises";
import { isObject } from "@customerio-router/messages";
import { type RuleList, validateRules } from "@customerio-router/rules";
import { CommandError } from "../command-error.ts";

/** The rules of a file `{ rules }`, whose version may be left out, or of standard input for `-`. @throws CommandError with every problem, one per line */
export async function readRulesFile(path: string): Promise<RuleList> {
  const value = await readJsonFile(path);
  const validated = validateRules(isObject(value) ? { version: 0, ...value } : value);
  if (validated.ok) return validated.list;
  throw new CommandError(formatProblems(path, validated.problems));
}

/** @throws CommandError */
export async function readJsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path === "-" ? "/dev/stdin" : path, "utf8"));
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
