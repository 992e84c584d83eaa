import type { ConnectionProblem } from "@customerio-router/connections";
import { CommandError } from "../../command-error.ts";

type Result = { ok: true } | { ok: false; problems: readonly ConnectionProblem[] } | undefined;

/** @throws CommandError when nothing was saved; undefined means that the record is gone */
export function requireSaved<Saved extends Result>(result: Saved): Extract<Saved, { ok: true }> {
  if (result === undefined) throw new CommandError("somebody deleted it meanwhile");
  if (result.ok) return result as Extract<Saved, { ok: true }>;
  throw new CommandError(
    result.problems.map(({ field, message }) => [field, message].filter(Boolean).join(": ")).join("; "),
  );
}
