import { type ConnectionState, explainState } from "@customerio-router/reports";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { countOf } from "../page/in-words.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";
import type { RetryOutcome } from "./follow-retry.ts";

/** A page that was just opened is loaded again while messages wait: most are delivered within a second. */
const freshMs = 15_000;

/** What became of a retry until now, and where messages wait without being delivered, why. */
export function retryNotice(
  outcome: RetryOutcome,
  {
    connectionId,
    state,
    kept,
    privacy,
  }: {
    connectionId: string;
    state: ConnectionState;
    /** Which of the messages stayed as they were. */
    kept: string;
    privacy: Privacy;
  },
): Html {
  const { atMs, waiting, rejected } = outcome;
  const delivers = ["active", "unverified", "shadow"].includes(state.state);
  const isFresh = waiting > 0 && Date.now() - atMs < freshMs;
  const isWell = rejected === 0 && (waiting === 0 || delivers);
  const why = waiting > 0 && !delivers ? ` ${explainState(state)}` : "";
  return html`<p class="${isWell ? "done" : "warning"}" role="status"${isFresh ? html` data-unsettled` : ""}>${inWords(outcome)}${withCode(privacy.maskSentence(`${why}${kept}`))} <a href="/messages?${new URLSearchParams({ connection: connectionId })}">See the newest messages</a></p>`;
}

function inWords(outcome: RetryOutcome): string {
  const { delivered, skipped, deliveredOrSkipped, rejected, waiting, gone } = outcome;
  const all = delivered + skipped + deliveredOrSkipped + rejected + waiting + gone;
  if (waiting === all) return `Retrying ${countOf(all, "message")}.`;
  const parts = [
    [delivered, "delivered"],
    [skipped, "skipped"],
    [deliveredOrSkipped, "delivered or skipped"],
    [rejected, "rejected again"],
    [waiting, "waiting"],
    [gone, "no longer kept"],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  return `Retried ${countOf(all, "message")}: ${shown.join(", ")}.`;
}
