import type { ConnectionStatus } from "@customerio-router/reports";
import { duration } from "@customerio-router/service";

/** The queue's own pause comes first: while it lasts nothing else matters. */
export type ConnectionState = { state: "paused" } | ConnectionStatus;

/** The state in a sentence: why, and what to do. */
export function explainState(state: ConnectionState): string {
  switch (state.state) {
    case "active":
      return "Messages are delivered at once.";
    case "paused":
      return "Messages are accepted and kept. They are delivered when you resume the connection.";
    case "retrying":
      return `Delivery is retried automatically and in order, ${when(state.untilMs)}. ${sentence(state.why)}`;
    case "needs-attention":
      return `Nothing is lost: delivery continues once you correct this. ${sentence(state.why)}`;
  }
}

function when(untilMs: number | undefined): string {
  const leftMs = (untilMs ?? 0) - Date.now();
  return leftMs >= 1_000 ? `next in ${duration(leftMs)}` : "any moment now";
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return begun.endsWith(".") ? begun : `${begun}.`;
}
