import type { Attempts, ConnectionStatus } from "../status.ts";

/** What is so of a connection. */
export type ConnectionFacts = {
  isPaused: boolean;
  /** The worker process that holds its lease. */
  owner: string | undefined;
  status: ConnectionStatus | undefined;
  /** Why Redis takes no writes, where no worker is alive: those that live cannot say so. */
  redisProblem?: string | undefined;
};

/** The one truth about a connection's delivery, for pages, API, `/readyz`, metrics, alerts and doctor. */
export type ConnectionState =
  /** Customer.io has not answered yet. */
  | { state: "unverified" }
  | { state: "active" }
  /** Messages are mapped and accounted for, and nothing is sent. */
  | { state: "shadow" }
  /** No worker that is alive owns it. */
  | { state: "no-worker" }
  | ({ state: "retrying" } & Attempts)
  | ({ state: "keys-refused" } & Attempts)
  | ({ state: "needs-attention"; why: string } & Partial<Attempts>)
  | { state: "paused" };

export const stateNames = [
  "unverified",
  "active",
  "shadow",
  "no-worker",
  "retrying",
  "keys-refused",
  "needs-attention",
  "paused",
] as const satisfies ConnectionState["state"][];

/** What a worker says counts only while one lives: a lease expires 4 s after its owner died or froze. */
export function deriveState(
  { isPaused, owner, status, redisProblem }: ConnectionFacts,
  workersAlive: number,
): ConnectionState {
  if (isPaused) return { state: "paused" };
  if (redisProblem !== undefined) return { state: "needs-attention", why: redisProblem };
  if (status?.state === "no-key" && workersAlive > 0) return { state: "needs-attention", why: status.why };
  if (owner === undefined) return { state: "no-worker" };
  if (status === undefined || status.state === "no-key") return { state: "unverified" };
  return status;
}

/** Whether a person has to do something. */
export function needsAttention({ state }: ConnectionState): boolean {
  return state === "keys-refused" || state === "needs-attention";
}
