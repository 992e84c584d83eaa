import type { AlertCondition } from "../conditions/alert-conditions.ts";
import { keyOf, type Subject } from "../conditions/found-alert.ts";
import type { AlertState } from "./alert-state.ts";

/** What is told at once: that a condition began or ended, for all subjects of which that was found together. */
export type Notice = {
  /** The `webhook-id`; a repetition has the same. */
  id: string;
  event: "begun" | "over" | "test";
  /** Undefined of a test. */
  condition?: AlertCondition;
  /** Unix milliseconds. */
  atMs: number;
  alerts: NoticedAlert[];
};

export type NoticedAlert = {
  key: string;
  subject?: Subject;
  detail: string;
  messages: number;
  beganAtMs: number;
  example?: string;
};

/** Subjects that a notice names; of the others it gives the number. */
export const maxNamed = 20;

export function toNoticed(state: AlertState): NoticedAlert {
  const { subject, detail, messages, beganAtMs, example } = state;
  return {
    key: keyOf(state),
    ...(subject && { subject }),
    detail,
    messages,
    beganAtMs,
    ...(example !== undefined && { example }),
  };
}

/** One notice for each condition, so that an outage of many connections is one message. */
export function makeNotices(
  event: "begun" | "over",
  states: readonly AlertState[],
  { makeId, atMs }: { makeId: (condition: AlertCondition) => string; atMs: number },
): Notice[] {
  const byCondition = Map.groupBy(states, ({ condition }) => condition);
  return [...byCondition].map(([condition, of]) => ({
    id: makeId(condition),
    event,
    condition,
    atMs,
    alerts: of.map(toNoticed).sort(byName),
  }));
}

function byName({ subject: one }: NoticedAlert, { subject: other }: NoticedAlert): number {
  return (one?.name ?? "").localeCompare(other?.name ?? "", "en", { numeric: true });
}
