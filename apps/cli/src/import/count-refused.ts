import type { RefusedLine } from "./read-call.ts";

/** Adds lines to the counts by reason and field. */
export function countRefused(
  before: { [reason: string]: number },
  refused: RefusedLine[],
): { [reason: string]: number } {
  const counts = { ...before };
  for (const { reason, field } of refused) {
    const why = field === "" ? reason : `${reason} (${field})`;
    counts[why] = (counts[why] ?? 0) + 1;
  }
  return counts;
}
