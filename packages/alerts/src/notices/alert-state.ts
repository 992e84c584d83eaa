import type { AlertCondition } from "../conditions/alert-conditions.ts";
import type { Subject } from "../conditions/found-alert.ts";

/** How an alert stands. It is kept for an hour after its end, so that one that returns again and again is not told each time. */
export type AlertState = {
  condition: AlertCondition;
  subject?: Subject;
  /** As it was found first. */
  detail: string;
  messages: number;
  /** `pending`: not held for long enough; `clearing`: not gone for long enough. */
  phase: "pending" | "firing" | "clearing" | "over";
  /** Begin of the phase, in Unix milliseconds. */
  sinceMs: number;
  /** When the condition began to hold. */
  beganAtMs: number;
  /** How often it was firing within the last hour. */
  times: number;
  /** Whether its begin was told, and its end not yet. */
  isTold: boolean;
  /** The id of one message it concerns, as it was told. */
  example?: string;
};

/** By their keys. */
export type AlertStates = ReadonlyMap<string, AlertState>;
