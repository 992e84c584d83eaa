import type { Attempt } from "@customerio-router/reports";
import { duration } from "@customerio-router/service";
import { type Html, html } from "../page/html.ts";
import { countOf } from "../page/in-words.ts";
import { timeMark } from "../page/time-mark.ts";
import type { Privacy } from "../privacy/privacy.ts";
import type { ExplainedMessage } from "./explain-message.ts";
import type { KnownMessage } from "./find/known-message.ts";
import { messageMark } from "./message-row.ts";
import { timeOf } from "./time-of.ts";
import type { WhyWaiting } from "./why-waiting.ts";

export type Timeline = {
  known: KnownMessage;
  /** Absent where it is not known, or was deleted. */
  source: { id: string; name: string } | undefined;
  explained: ExplainedMessage;
  waiting: WhyWaiting | undefined;
  privacy: Privacy;
};

/** The way of a message: received, rules, mapped, each request, settled. */
export function timeline(options: Timeline): Html {
  return html`<section class="card" aria-labelledby="timeline">
      <h2 id="timeline">What happened</h2>
      <ol class="timeline">
        ${received(options)}
        ${rules(options)}
        ${mappedTo(options)}
        ${requests(options)}
        ${end(options)}
      </ol>
    </section>`;
}

function step(
  title: Html | string,
  body: Html | string,
  { atMs, mark = "" }: { atMs?: number | undefined; mark?: string } = {},
): Html {
  return html`<li class="${mark}">
          <div class="when">${atMs === undefined ? "" : timeMark(atMs, "full")}</div>
          <div><b>${title}</b> ${body}</div>
        </li>`;
}

function received({ known, source }: Timeline): Html {
  const { message, from, salvaged, treated = [] } = known;
  const sentAtMs = timeOf(message, "originalTimestamp");
  const kind = from?.kind === undefined ? "" : ` (${from.kind})`;
  return step(
    "Received",
    html`${source === undefined ? "" : html`from <a href="/sources/${source.id}">${source.name}</a>${kind}`}
          ${sentAtMs === undefined ? "" : html`<p class="hint">Sent ${timeMark(sentAtMs, "full")}, by the client's clock.</p>`}
          ${treated.length === 0 ? "" : html`<p class="hint">Hashed or removed by rules before it was kept: ${treated.map((path) => html`<code>${path}</code> `)}</p>`}
          ${salvaged ? html`<p class="hint">Saved from a corrupt request body. The unreadable rest of the body is kept as a rejected message of its own.</p>` : ""}`,
    { atMs: timeOf(message, "receivedAt") },
  );
}

function rules({ known: { state, rules = [] } }: Timeline): Html {
  if (state === "waiting") return step("Rules", "are applied when a worker takes it.");
  if (rules.length === 0) return step("Rules", "changed nothing.");
  return step(
    "Rules",
    html`that changed or dropped it: ${rules.map((name) => html`<code>${name}</code> `)}`,
    {
      mark: "warn",
    },
  );
}

function mappedTo({
  known: { state, operations = [] },
  explained: { operations: mapped, nothing },
}: Timeline): Html {
  const why = html`<a href="#why">Why</a>`;
  if (state === "waiting") {
    return nothing
      ? step("Mapped", html`to nothing, with the connection's present settings. ${why}`)
      : step("Mapped", html`to ${named(mapped)}, with the connection's present settings. ${why}`);
  }
  if (operations.length > 0) return step("Mapped", html`to ${named(operations)}. ${why}`);
  return step("Mapped", html`to nothing that was sent. ${why}`, { mark: "warn" });
}

/** Operations as Customer.io calls them: `1 operation (event)`. */
function named(operations: readonly unknown[]): Html {
  const names = operations.map((operation) => {
    const { type, action } = operation as { type?: string; action?: string };
    return action ?? type ?? "operation";
  });
  return html`${countOf(operations.length, "operation")} (${[...new Set(names)].map((name, index) => html`${index > 0 ? ", " : ""}<code>${name}</code>`)})`;
}

const decisions: { [decision: string]: string } = {
  settled: "",
  halved: "Rejected: sent again in a smaller request",
  failed: "Failed: sent again",
  deferred: "Deferred: sent again later",
  "needs-attention": "The connection needs attention",
};

function requests({ known: { attempts, requests }, privacy }: Timeline): Html {
  const first = requests - attempts.length + 1;
  const row = ({ atMs, status, durationMs, decision, why }: Attempt, index: number) => {
    const next = attempts[index + 1];
    const waitMs = next && next.atMs - next.durationMs - atMs;
    const then = decisions[decision] ?? decision;
    const later = waitMs === undefined || waitMs < 0 ? "" : `, ${duration(waitMs)} after this reply`;
    const said = then === "" ? "" : `${then}${later}.`;
    return step(
      `Request ${first + index}`,
      html`${status === undefined ? "got no reply" : html`was answered <b>${status}</b>`} after ${durationMs} ms. ${said}
          ${why === undefined ? "" : html`<p class="hint">${privacy.maskSentence(why)}</p>`}`,
      { atMs, mark: status !== undefined && status < 300 ? "good" : "warn" },
    );
  };
  return html`${first > 1 ? step("Requests", html`1 to ${first - 1} are not kept: the last ${attempts.length} are.`) : ""}${attempts.map(row)}`;
}

const endMarks = { waiting: "open", delivered: "good", skipped: "warn", rejected: "bad" } as const;

function end({ known, waiting }: Timeline): Html {
  const { state, atMs, message } = known;
  const receivedAtMs = timeOf(message, "receivedAt");
  const next = waiting && "nextTryAtMs" in waiting.state ? waiting.state.nextTryAtMs : undefined;
  const isSettled = state !== "waiting";
  return step(
    messageMark(state),
    html`${next === undefined ? "" : html`<p class="hint">Next try: ${timeMark(next, "full")}</p>`}
          ${isSettled && receivedAtMs !== undefined ? html`<p class="hint">${duration(Math.max(0, atMs - receivedAtMs))} after it was received</p>` : ""}`,
    { ...(isSettled && { atMs }), mark: endMarks[state] },
  );
}
