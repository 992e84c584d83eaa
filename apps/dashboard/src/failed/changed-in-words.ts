import { countOf } from "../page/in-words.ts";
import type { Changed } from "./change-failed.ts";

type Stayed = Pick<Changed, "left" | "hopeless">;

/** What a retry or a discard has done, as a person is told. */
export function changedInWords(
  verb: "retried" | "discarded",
  { messages, ...stayed }: Stayed & Pick<Changed, "messages">,
): string {
  const isRetry = verb === "retried";
  const kept = stayedInWords(stayed);
  if (messages === 0) {
    return kept !== ""
      ? kept.trim()
      : `Nothing to ${isRetry ? "retry" : "discard"}: the messages were retried or removed meanwhile.`;
  }
  return `${isRetry ? `Retrying ${countOf(messages, "message")}` : `${countOf(messages, "message")} discarded`}.${kept}`;
}

/** Which of the messages that were meant are as they were, each sentence after a blank. */
export function stayedInWords({ left, hopeless }: Stayed): string {
  const edited =
    left === 0 ? "" : ` ${countOf(left, "message")} stayed: a person edited their job in Bull Board.`;
  const rejected =
    hopeless === 0 ? "" : ` ${countOf(hopeless, "message")} stayed: they would be rejected again.`;
  return `${edited}${rejected}`;
}
