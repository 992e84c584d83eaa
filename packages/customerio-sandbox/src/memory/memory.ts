import { applyOperation } from "./apply-operation.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import type { Operation } from "./operation.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

/** What the sandbox has taken in, since it started or was last told to forget. */
export type Memory = {
  workspace: Workspace;
  ledger: Ledger;
  counts: Counts;
  /** Takes one operation that the contract has nothing against. */
  take(operation: Operation, receivedAtMs: number): void;
  /** Counts operations that were refused. */
  refuse(operations: number): void;
  forget(): void;
};

export type Counts = {
  /** Operations answered as taken, duplicates among them. */
  accepted: number;
  refused: number;
  /** Taken, and had no effect, as for somebody suppressed. */
  ignored: number;
  /** Events whose ULID had been seen. */
  duplicates: number;
  /** Duplicates whose body, `timestamp` apart, differs from the first one's. */
  conflicts: number;
  /** Accepted operations by `type action`: `person event`. */
  byAction: { [action: string]: number };
};

/**
 * How much is kept. `full`: people, objects, activity and the ledger. `ledger`: the ledger alone. `counts`: nothing
 * but counters; duplicates go unnoticed.
 */
type MemoryDepth = "full" | "ledger" | "counts";

/** How many of each are kept; beyond that the oldest makes room. */
export type MemoryOptions = {
  memory: MemoryDepth;
  /** People, and objects. */
  peopleLimit: number;
  activityLimit: number;
  /** Operations of the ledger, and ULIDs by which duplicates are known. */
  ledgerLimit: number;
};

export function createMemory({
  memory: depth,
  peopleLimit,
  activityLimit,
  ledgerLimit,
}: MemoryOptions): Memory {
  const workspace = createWorkspace({ peopleLimit, activityLimit });
  const ledger = createLedger(ledgerLimit);
  const counts = noCounts();

  return {
    workspace,
    ledger,
    counts,
    take(operation, receivedAtMs) {
      counts.accepted += 1;
      const action = `${operation.type} ${operation.action}`;
      counts.byAction[action] = (counts.byAction[action] ?? 0) + 1;
      if (depth === "counts") return;
      const { outcome, isConflict } = ledger.enter(
        operation,
        receivedAtMs,
        () => depth === "ledger" || applyOperation(workspace, operation, receivedAtMs),
      );
      if (outcome === "ignored") counts.ignored += 1;
      if (outcome === "duplicate") counts.duplicates += 1;
      if (isConflict) counts.conflicts += 1;
    },
    refuse(operations) {
      counts.refused += operations;
    },
    forget() {
      for (const part of [workspace.people, workspace.objects, workspace.activities, ledger]) part.clear();
      Object.assign(counts, noCounts());
    },
  };
}

function noCounts(): Counts {
  return { accepted: 0, refused: 0, ignored: 0, duplicates: 0, conflicts: 0, byAction: {} };
}
