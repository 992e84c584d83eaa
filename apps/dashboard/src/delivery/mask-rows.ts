import type { AccountRows } from "@customerio-router/reports";
import type { Privacy } from "../privacy/privacy.ts";

/** Names of events are open, as in the list of messages; an email address in one is not. */
export function maskRows({ by, rows }: AccountRows, privacy: Privacy): AccountRows["rows"] {
  return by === "event"
    ? rows.map(({ event, ...counts }) => ({ event: privacy.maskSentence(event), ...counts }))
    : rows;
}
