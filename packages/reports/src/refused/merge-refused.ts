import { type RefusedCalls, refusedBounds } from "./refused-call.ts";

/** What was refused of several sources as if they were one, the latest reason first. */
export function mergeRefused(lists: readonly RefusedCalls[][]): RefusedCalls[] {
  const byReason = Map.groupBy(lists.flat(), ({ reason }) => reason);
  const merged = [...byReason.values()].map((same) => same.reduce(mergeTwo));
  return merged.sort((one, other) => other.lastAtMs - one.lastAtMs);
}

function mergeTwo(one: RefusedCalls, other: RefusedCalls): RefusedCalls {
  const later = one.lastAtMs >= other.lastAtMs ? one : other;
  const examples = [...one.examples, ...other.examples].sort((first, second) => second.atMs - first.atMs);
  return {
    ...later,
    requests: one.requests + other.requests,
    examples: examples.slice(0, refusedBounds.examplesPerReason),
  };
}
