import type { Memory } from "../memory/memory.ts";
import type { Operation } from "../memory/operation.ts";
import type { ErrorEntry, Item } from "./track-route.ts";

/** Why an operation is refused that the contract has nothing against. */
export type Refusal = (operation: unknown) => ErrorEntry[];

/** Takes what may be taken into memory, and returns the errors of the others by their place. */
export function takeItems(
  items: Item[],
  {
    memory,
    nowMs,
    isAllOrNothing,
    refusal,
  }: { memory: Memory; nowMs: number; isAllOrNothing: boolean; refusal?: Refusal | undefined },
): Map<number, ErrorEntry[]> {
  const refused = new Map<number, ErrorEntry[]>();
  for (const [index, { operation, problems }] of items.entries()) {
    const all = problems.length > 0 ? problems : (refusal?.(operation) ?? problems);
    if (all.length > 0) refused.set(index, all);
  }
  const isNothing = isAllOrNothing && refused.size > 0;
  memory.refuse(isNothing ? items.length : refused.size);
  if (isNothing) return refused;
  for (const [index, { operation }] of items.entries()) {
    // The contract's judge has found nothing against it, which is what makes it an Operation.
    if (!refused.has(index)) memory.take(operation as Operation, nowMs);
  }
  return refused;
}
