import { describeSituation } from "../situations/situations.ts";
import { needsAttention } from "./derive-state.ts";
import { nameState } from "./describe-state.ts";
import type { Reports } from "./read-reports.ts";

/** What an operator should know of the workers, as a sentence. */
export function describeWorkers({ workers }: Pick<Reports, "workers">): string[] {
  return workers.length === 0 ? [describeSituation({ name: "no-worker" })] : [];
}

/** Connections named in one answer of `/readyz`; of the others it gives the number. */
const maxNamed = 20;

/** Those that a person must correct, by id: `/readyz` is public, and a name may be a customer's. */
export function describeAttention({ connections }: Pick<Reports, "connections">): string[] {
  const found = connections.filter(({ state }) => needsAttention(state));
  const named = found
    .slice(0, maxNamed)
    .map(
      ({ id, state, messagesWaiting }) =>
        `Connection ${id}: ${nameState(state)} (${messagesWaiting === 1 ? "1 message waits" : `${messagesWaiting} messages wait`}).`,
    );
  if (found.length > maxNamed) named.push(`${found.length - maxNamed} more connections need attention.`);
  return named;
}
