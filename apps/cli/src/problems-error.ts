import { CommandError } from "./command-error.ts";

/** What is wrong with each field, one per line. */
export function problemsError(problems: readonly { field: string; message: string }[]): CommandError {
  return new CommandError(problems.map(({ field, message }) => `${field}: ${message}`).join("\n"));
}
