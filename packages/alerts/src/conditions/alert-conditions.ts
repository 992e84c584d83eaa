import type { SituationName } from "@customerio-router/reports";

/** The rows of the runbook that are told, in the order in which pages list them. */
export const alertConditions = [
  "no-worker",
  "no-owner",
  "no-intake",
  "keys-refused",
  "needs-attention",
  "retrying",
  "waiting-long",
  "many-rejected",
  "slow-delivery",
  "gone-quiet",
  "redis-away",
  "redis-read-only",
  "redis-emptied",
  "redis-full",
  "redis-unsafe",
  "spool-in-use",
  "spool-half-full",
  "spool-failing",
  "archive-behind",
] as const satisfies SituationName[];

export type AlertCondition = (typeof alertConditions)[number];

export function isAlertCondition(name: string): name is AlertCondition {
  return (alertConditions as readonly string[]).includes(name);
}
