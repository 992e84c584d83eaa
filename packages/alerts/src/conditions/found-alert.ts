import type { FoundSituation } from "@customerio-router/reports";
import { type AlertCondition, isAlertCondition } from "./alert-conditions.ts";

/** What an alert is about, where it is not the whole installation. */
export type Subject = { kind: "connection"; id: string; name: string };

/** A condition that holds at the moment. */
export type FoundAlert = {
  condition: AlertCondition;
  subject?: Subject;
  /** What is known of this case, in a sentence. */
  detail: string;
  /** How many it concerns. */
  messages: number;
  /** Where one of them is to be found. */
  exampleIn?: { connectionId: string; state: "waiting" | "failed" };
};

/** What one look found. */
export type FoundAlerts = {
  found: FoundAlert[];
  /** What could not be judged: alerts of these stay as they are. */
  unknown: ReadonlySet<AlertCondition>;
};

/** Names an alert for as long as it lasts, and beyond. */
export function keyOf({ condition, subject }: Pick<FoundAlert, "condition" | "subject">): string {
  return subject === undefined ? condition : `${condition} ${subject.kind} ${subject.id}`;
}

/** A situation of the whole installation. One that is no condition of an alert is left out. */
export function ofSituation({ name, detail = "" }: FoundSituation, messages = 0): FoundAlert[] {
  return isAlertCondition(name) ? [{ condition: name, detail, messages }] : [];
}
