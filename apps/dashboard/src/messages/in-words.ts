import { explainState } from "@customerio-router/reports";
import { ruleOfReason } from "@customerio-router/rules";
import { explainReason } from "../delivery/reasons.ts";
import type { KnownMessage } from "./find/known-message.ts";
import type { WhyWaiting } from "./why-waiting.ts";

/** What became of a message, as one would tell it. */
export function inWords(
  { state, reason, rejection, requests, attempts }: KnownMessage,
  waiting: WhyWaiting | undefined,
): string {
  const [last] = attempts.toReversed();
  switch (state) {
    case "waiting":
      if (!waiting) return "It waits in the queue, or is being sent to Customer.io.";
      // "Messages are delivered at once" would be said of one that waits.
      if (waiting.state.state === "active") return placeInWords(waiting);
      return `${placeInWords(waiting)} ${explainState(waiting.state)}`;
    case "delivered":
      return `Customer.io accepted it${last?.status === undefined ? "" : ` (${last.status})`}${requests > 1 ? ` at the ${ordinal(requests)} request` : ""}.`;
    case "skipped":
      return `It was not sent. ${whySkipped(reason)}`;
    case "rejected":
      return rejection?.message ?? "It cannot be delivered unless it is corrected.";
  }
}

/** Why a message was skipped, as a sentence. */
export function whySkipped(reason = ""): string {
  const rule = ruleOfReason(reason);
  return rule === undefined ? explainReason("skipped", reason).what : `The rule \`${rule}\` dropped it.`;
}

function placeInWords({ where }: WhyWaiting): string {
  switch (where) {
    case "in-hand":
      return "A worker has taken its job from the queue.";
    case "delayed":
      return "Its job is delayed.";
    default:
      return "It waits in the queue.";
  }
}

function ordinal(number: number): string {
  const endings = new Map([
    ["one", "st"],
    ["two", "nd"],
    ["few", "rd"],
  ]);
  const rule = new Intl.PluralRules("en", { type: "ordinal" }).select(number);
  return `${number}${endings.get(rule) ?? "th"}`;
}
