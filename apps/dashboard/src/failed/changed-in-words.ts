import { countOf } from "../page/in-words.ts";
import type { Changed } from "./change-failed.ts";

/** What a retry or a discard has done, as a person is told. */
export function changedInWords(
  verb: "retried" | "discarded",
  { messages, left }: Pick<Changed, "messages" | "left">,
): string {
  const isRetry = verb === "retried";
  const kept =
    left === 0 ? "" : ` ${countOf(left, "message")} stayed: a person edited their job in Bull Board.`;
  if (messages === 0) {
    return left > 0
      ? kept.trim()
      : `Nothing to ${isRetry ? "retry" : "discard"}: the messages were retried or removed meanwhile.`;
  }
  return `${isRetry ? `Retrying ${countOf(messages, "message")}` : `${countOf(messages, "message")} discarded`}.${kept}`;
}
