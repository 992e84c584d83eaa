import type { Attempts } from "../status.ts";
import type { ConnectionState } from "./derive-state.ts";

/** The state in a few words: "Retrying (14 tries since 02:11, next in 12 s)". */
export function nameState(state: ConnectionState, nowMs = Date.now()): string {
  switch (state.state) {
    case "unverified":
      return "Unverified";
    case "active":
      return "Active";
    case "shadow":
      return "Shadow";
    case "no-worker":
      return "No worker";
    case "retrying":
      return `Retrying (${tries(state, nowMs)})`;
    case "keys-refused":
      return "Keys refused";
    case "needs-attention":
      return `Needs attention: ${state.why}`;
    case "paused":
      return "Paused";
  }
}

/** The state in a sentence: what it means, why, and what to do. */
export function explainState(state: ConnectionState, nowMs = Date.now()): string {
  switch (state.state) {
    case "unverified":
      return "The next message shows whether Customer.io takes it.";
    case "active":
      return "Messages are delivered at once.";
    case "shadow":
      return "Messages are accepted, mapped and accounted for, and nothing is sent to Customer.io.";
    case "no-worker":
      return "Messages are accepted and kept, but no worker delivers them. Start a worker, or see its log.";
    case "paused":
      return "Messages are accepted and kept. They are delivered when you resume the connection.";
    case "retrying":
      return `Delivery is retried automatically and in order: ${tries(state, nowMs)}. ${sentence(state.why)}`;
    case "keys-refused":
      return `Nothing is lost: delivery continues once you correct the keys. ${sentence(state.why)}`;
    case "needs-attention":
      return `Nothing is lost: delivery continues once you correct this. ${sentence(state.why)}`;
  }
}

function tries({ tries, sinceMs, nextTryAtMs }: Attempts, nowMs: number): string {
  const count = tries === 1 ? "1 try" : `${tries} tries`;
  const leftMs = nextTryAtMs - nowMs;
  const next = leftMs > 0 ? `next in ${Math.ceil(leftMs / 1_000)} s` : "next any moment";
  return `${count} since ${clock(sinceMs, nowMs)}, ${next}`;
}

/** UTC, with the day unless it was within the last 24 hours. */
function clock(atMs: number, nowMs: number): string {
  const time = new Date(atMs).toISOString();
  if (nowMs - atMs >= 86_400_000) return `${time.slice(0, 10)} ${time.slice(11, 16)}`;
  return time.slice(11, 16);
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return begun.endsWith(".") ? begun : `${begun}.`;
}
