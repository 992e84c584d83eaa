import { hash } from "node:crypto";
import { createBoundedMap } from "./bounded-map.ts";
import { createLog, type Log } from "./log.ts";
import type { Operation } from "./operation.ts";

/** One operation that was answered as taken. */
type LedgerEntry = {
  type: string;
  action: string;
  /** As sent; of a merge its primary. */
  identifiers: { readonly [name: string]: string | undefined };
  name?: string | undefined;
  /** The ULID of an event. */
  id?: string | undefined;
  /** Unix seconds, as sent. */
  timestamp?: number | undefined;
  receivedAtMs: number;
  /** SHA-1 of the operation without its `timestamp`: two bodies under one ULID have two. */
  hash: string;
  outcome: Outcome;
  /** A duplicate whose body is not that of the first. */
  isConflict: boolean;
};

/** `ignored`: Customer.io answers 200 and does nothing, as for somebody suppressed. */
export type Outcome = "applied" | "ignored" | "duplicate";

/** Every operation taken, in order of arrival, and what became of it. */
export type Ledger = Pick<Log<LedgerEntry>, "page" | "size" | "clear"> & {
  /** Enters the operation; `apply` is called unless its ULID was seen before, and says whether it had an effect. */
  enter(operation: Operation, receivedAtMs: number, apply: () => boolean): LedgerEntry;
};

/** Remembers at most `limit` operations, and ULIDs. */
export function createLedger(limit: number): Ledger {
  const log = createLog<LedgerEntry>(limit);
  const hashOfUlid = createBoundedMap<string, string>(limit);

  return {
    ...log,
    get size() {
      return log.size;
    },
    enter(operation, receivedAtMs, apply) {
      const bodyHash = hashWithoutTimestamp(operation);
      const id = "id" in operation ? operation.id : undefined;
      const firstHash = id === undefined ? undefined : hashOfUlid.get(id.toUpperCase());
      if (id !== undefined && firstHash === undefined) hashOfUlid.set(id.toUpperCase(), bodyHash);
      const outcome = firstHash !== undefined ? "duplicate" : apply() ? "applied" : "ignored";
      const entry: LedgerEntry = {
        type: operation.type,
        action: operation.action,
        identifiers: "primary" in operation ? operation.primary : operation.identifiers,
        name: "name" in operation ? operation.name : undefined,
        id,
        timestamp: "timestamp" in operation ? operation.timestamp : undefined,
        receivedAtMs,
        hash: bodyHash,
        outcome,
        isConflict: firstHash !== undefined && firstHash !== bodyHash,
      };
      log.add(entry);
      return entry;
    },
    clear() {
      log.clear();
      hashOfUlid.clear();
    },
  };
}

function hashWithoutTimestamp(operation: Operation): string {
  return hash("sha1", JSON.stringify({ ...operation, timestamp: undefined }));
}
