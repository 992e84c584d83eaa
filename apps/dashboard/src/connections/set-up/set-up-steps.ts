import { explainState, needsAttention } from "@customerio-router/reports";
import { explainReason } from "../../delivery/reasons.ts";
import type { Viewer } from "../../login/viewer.ts";
import { inWords } from "../../messages/in-words.ts";
import { messagePath } from "../../messages/message-row.ts";
import { checklist, type Step } from "../../page/checklist.ts";
import { type Html, html } from "../../page/html.ts";
import { countOf } from "../../page/in-words.ts";
import { withCode } from "../../page/with-code.ts";
import { explainRefusal } from "../../refused/refusal-reasons.ts";
import { areAllPaused } from "../one/send-section.ts";
import { isSetUp, type SetUp, type TestEvent } from "./read-set-up.ts";

type SetUpSteps = {
  setUp: SetUp;
  /** The page says why a test event was not sent. */
  isTestUnsent?: boolean;
  viewer: Viewer;
};

/** The steps to the first delivered message, which the page's script asks for again until all are done. */
export function setUpSteps({ setUp, isTestUnsent = false, viewer }: SetUpSteps): Html {
  const { test, ofCode } = setUp;
  const steps = [
    sourceStep(setUp),
    receivedStep(setUp),
    deliveredStep(setUp, viewer),
    ...(test === undefined ? [] : [testStep(setUp, test, viewer)]),
    ...(ofCode === undefined ? [] : [codeStep(setUp, ofCode)]),
  ];
  const done = isTestUnsent ? "" : html`<p class="done">All done: calls of your code reach Customer.io.</p>`;
  return html`${checklist(steps)}
    ${isSetUp(setUp) ? done : html`<span data-unfinished></span>`}`;
}

function sourceStep({ connection: { id }, sources }: SetUp): Step {
  const title = "A source feeds the connection";
  if (sources.length === 0) {
    const text = html`None does, so it receives nothing. <a href="/connections/${id}/edit#fed-by">Choose one</a>.`;
    return { title, state: "problem", text };
  }
  const names = sources.map(
    ({ id, name }, index) => html`${index > 0 ? ", " : ""}<a href="/sources/${id}">${name}</a>`,
  );
  if (areAllPaused(sources)) {
    const text = html`Paused: ${names}. Calls are acknowledged and dropped until you resume the source.`;
    return { title, state: "problem", text };
  }
  return { title, state: "done", text: html`Calls come from ${names}.` };
}

function receivedStep({ connection: { id }, account: { received }, refused }: SetUp): Step {
  const title = "First call received";
  if (received > 0) {
    const text = html`${countOf(received, "message")} received. <a href="/messages?connection=${id}">See messages</a>.`;
    return { title, state: "done", text };
  }
  if (refused === undefined) {
    return {
      title,
      state: "open",
      text: html`Nothing yet. Send a test event, or a call by the code below.`,
    };
  }
  return { title, state: "problem", text: refusalInWords(id, refused) };
}

function refusalInWords(id: string, { reason, requests, isOfSource }: NonNullable<SetUp["refused"]>): Html {
  const { what, todo } = explainRefusal(reason);
  const count = countOf(requests, "request");
  const whose = isOfSource
    ? html`${count} refused.`
    : html`Nothing yet, but ${count} came without a known write key, perhaps yours.`;
  return html`${whose} ${withCode(what)} ${withCode(todo)} <a href="/refused?connection=${id}">See refused calls</a>.`;
}

function deliveredStep({ connection: { id }, account, state }: SetUp, viewer: Viewer): Step {
  const title = "First message delivered";
  const { received, delivered, rejected, skipped, waiting } = account;
  if (delivered > 0) {
    const text = html`Customer.io accepted ${countOf(delivered, "message")}. <a href="/delivery?connection=${id}">See the delivery report</a>.`;
    return { title, state: "done", text };
  }
  if (received === 0) return { title, state: "open", text: html`Nothing to deliver yet.` };
  if (rejected > 0) return { title, state: "problem", text: rejectedInWords(id, rejected) };
  if (waiting <= 0 && skipped > 0) return { title, state: "problem", text: skippedInWords(id, skipped) };
  const why = state === undefined || state.state === "active" ? "" : explainState(state);
  const text = html`${countOf(waiting, "message")} waiting. ${why}${remedy(id, state, viewer)}`;
  return { title, state: isWell(state) ? "open" : "problem", text };
}

/** What a person can do who set everything up by test events: they say nothing of the code that is to send. */
function codeStep(
  { connection: { id }, refused }: SetUp,
  { delivered, skipped, rejected }: NonNullable<SetUp["ofCode"]>,
): Step {
  const title = "First call of your code delivered";
  if (delivered > 0) {
    return { title, state: "done", text: html`${countOf(delivered, "message")} besides test events.` };
  }
  if (refused !== undefined) return { title, state: "problem", text: refusalInWords(id, refused) };
  if (rejected > 0) return { title, state: "problem", text: rejectedInWords(id, rejected) };
  if (skipped > 0) return { title, state: "problem", text: skippedInWords(id, skipped) };
  return { title, state: "open", text: html`Give the code below to your developer.` };
}

function rejectedInWords(id: string, rejected: number): Html {
  return html`${countOf(rejected, "message")} rejected. <a href="/failed?connection=${id}">See why, and retry</a>.`;
}

function skippedInWords(id: string, skipped: number): Html {
  return html`${countOf(skipped, "message")} skipped, none sent. <a href="/delivery?connection=${id}">See why</a>.`;
}

function isWell(state: SetUp["state"]): boolean {
  return state === undefined || ["active", "unverified"].includes(state.state);
}

/** Where to mend what holds up delivery. */
function remedy(id: string, state: SetUp["state"], viewer: Viewer): Html | "" {
  if (state === undefined || !viewer.canWrite) return "";
  if (needsAttention(state)) return html` <a href="/connections/${id}/edit">Correct it</a>.`;
  return state.state === "paused" ? html` <a href="/connections/${id}">Resume it</a>.` : "";
}

function testStep({ connection, state }: SetUp, test: TestEvent, viewer: Viewer): Step {
  const title = "Test event";
  const { known, waiting, messageId } = test;
  if (known === undefined) {
    const text = html`The intake accepted it; it is in no queue yet. If that lasts, the source may be paused, or the intake keeps calls until Redis takes them. Its <code>messageId</code>: <code>${messageId}</code>.`;
    return { title, state: "open", text };
  }
  const page = html`<a href="${messagePath(known)}">See the message</a>.`;
  switch (known.state) {
    case "delivered":
      return { title, state: "done", text: html`received ✓ delivered ✓ ${page}` };
    case "waiting": {
      const text = html`received ✓ ${inWords(known, waiting)}${remedy(connection.id, state, viewer)} ${page}`;
      return { title, state: isWell(state) ? "open" : "problem", text };
    }
    default: {
      const reason = known.rejection?.reason ?? known.reason ?? "";
      const { todo } = explainReason(known.state, reason);
      const text = html`received ✓ ${known.state}: ${withCode(inWords(known, waiting))} ${withCode(todo)} ${page}`;
      return { title, state: "problem", text };
    }
  }
}
