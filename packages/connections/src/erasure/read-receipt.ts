import type { RedisClient } from "@customerio-router/redis";
import type { ConnectionStore } from "../store/connection-store.ts";
import type { Erasure, ErasurePart, Removed } from "./erasure.ts";
import { readPart } from "./erasure-part.ts";
import { readConfirmations } from "./intake-confirmations.ts";

/** What was removed where, what is outstanding, and what cannot be reached. Without personal data. */
export type Receipt = {
  id: string;
  /** ISO 8601, as every time of a receipt. */
  requestedAt: string;
  state: "outstanding" | "done" | "lifted";
  liftedAt?: string;
  /** `all`, or the id of a connection. */
  connection: string;
  suppress: boolean;
  connections: ConnectionReceipt[];
  intakes: { confirmed: string[]; outstanding: string[] };
  unreachable: string[];
};

export type ConnectionReceipt = {
  id: string;
  name: string;
  state: "outstanding" | "done" | "deleted";
  /** How many keys of each kind were erased. */
  keys: { [kind: string]: number };
  /** Keys on the person's messages that are also on other people's, and stay. */
  sharedKeys: number;
  /** Messages that were removed, by where they were. */
  removed: Removed;
  /** When Customer.io took the delete, or had nobody to delete. */
  deletedAt?: string;
  doneAt?: string;
  outstanding: string[];
  unreachable: string[];
};

const always = [
  "Backups, snapshots and copies of Redis, of the spool and of the archive that you made",
  "Downstream of Customer.io: what it had passed on before the delete",
];

export async function readReceipt(
  { redis, store }: { redis: RedisClient; store: Pick<ConnectionStore, "get"> },
  erasure: Erasure,
): Promise<Receipt> {
  const parts: ErasurePart[] = [];
  const connections: ConnectionReceipt[] = [];
  for (const id of erasure.connections) {
    const part = await readPart(redis, id, erasure.id);
    const connection = await store.get(id);
    parts.push(part);
    connections.push(describePart(part, { id, name: connection?.name ?? id, exists: !!connection }));
  }
  const version = Math.max(0, ...parts.map((part) => part.version ?? 0));
  const { confirmed, outstanding, unreachable } = await readConfirmations(redis, version);
  const isDone = connections.every(({ state }) => state !== "outstanding");
  const { id, requestedAt, liftedAt, connection, suppress } = erasure;
  return {
    id,
    requestedAt,
    state: liftedAt !== undefined ? "lifted" : isDone ? "done" : "outstanding",
    ...(liftedAt !== undefined && { liftedAt }),
    connection,
    suppress,
    connections,
    intakes: {
      confirmed,
      outstanding: isDone ? [] : outstanding.map(({ intake, why }) => `${intake} ${why}`),
    },
    unreachable: [
      ...always,
      ...unreachable,
      ...new Set(connections.flatMap((connection) => connection.unreachable)),
    ],
  };
}

function describePart(
  part: ErasurePart,
  { id, name, exists }: { id: string; name: string; exists: boolean },
): ConnectionReceipt {
  const { sentAtMs, doneAtMs } = part;
  const isDone = doneAtMs !== undefined;
  return {
    id,
    name,
    state: isDone ? "done" : exists ? "outstanding" : "deleted",
    keys: part.keys ?? {},
    sharedKeys: part.shared ?? 0,
    removed: part.removed,
    ...(sentAtMs !== undefined && { deletedAt: new Date(sentAtMs).toISOString() }),
    ...(isDone && { doneAt: new Date(doneAtMs).toISOString() }),
    outstanding: isDone || !exists ? [] : findOutstanding(part),
    unreachable: part.unreachable,
  };
}

function findOutstanding(part: ErasurePart): string[] {
  const steps: [key: keyof ErasurePart, sentence: string][] = [
    ["version", "No worker that owns the connection has begun"],
    ["sweptAtMs", "Redis's messages are to be removed"],
    ["archivedAtMs", "The archive's lines are to be removed"],
    ["sentAtMs", "Customer.io is to delete the person"],
    ["compactedAtMs", "Redis's files are to be written anew"],
  ];
  const next = steps.find(([key]) => part[key] === undefined);
  const problems = Object.values(part.problems);
  return next === undefined || problems.length > 0 ? problems : [next[1]];
}
