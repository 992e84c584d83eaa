import { explainState } from "@customerio-router/reports";
import { explainReason } from "../../delivery/reasons.ts";
import { inWords } from "../../messages/in-words.ts";
import { messagePath } from "../../messages/message-row.ts";
import { checklist, type Step } from "../../page/checklist.ts";
import { type Html, html } from "../../page/html.ts";
import { countOf } from "../../page/in-words.ts";
import { withCode } from "../../page/with-code.ts";
import { explainRefusal } from "../../refused/refusal-reasons.ts";
import { areAllPaused } from "../one/send-section.ts";
import { isSetUp, type SetUp, type TestEvent } from "./read-set-up.ts";

/** The steps to the first delivered message, which the page's script asks for again until all are done. */
export function setUpSteps(setUp: SetUp): Html {
  const { test } = setUp;
  const steps = [sourceStep(setUp), receivedStep(setUp), deliveredStep(setUp)];
  return html`${checklist(test === undefined ? steps : [...steps, testStep(setUp, test)])}
    ${isSetUp(setUp) ? html`<p class="done">All done: calls of this connection reach Customer.io.</p>` : html`<span data-unfinished></span>`}`;
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
  const { what, todo } = explainRefusal(refused.reason);
  const requests = countOf(refused.requests, "request");
  const whose = refused.isOfSource
    ? html`${requests} refused.`
    : html`Nothing yet, but ${requests} came without a known write key, perhaps yours.`;
  const text = html`${whose} ${withCode(what)} ${withCode(todo)} <a href="/refused?connection=${id}">See refused calls</a>.`;
  return { title, state: "problem", text };
}

function deliveredStep({ connection: { id }, account, state }: SetUp): Step {
  const title = "First message delivered";
  const { received, delivered, rejected, skipped, waiting } = account;
  if (delivered > 0) {
    const text = html`Customer.io accepted ${countOf(delivered, "message")}. <a href="/delivery?connection=${id}">See the delivery report</a>.`;
    return { title, state: "done", text };
  }
  if (received === 0) return { title, state: "open", text: html`Follows the first call.` };
  if (rejected > 0) {
    const text = html`${countOf(rejected, "message")} rejected. <a href="/failed?connection=${id}">See why, and retry</a>.`;
    return { title, state: "problem", text };
  }
  if (waiting <= 0 && skipped > 0) {
    const text = html`${countOf(skipped, "message")} skipped, none sent. <a href="/delivery?connection=${id}">See why</a>.`;
    return { title, state: "problem", text };
  }
  const isWell = state === undefined || ["active", "unverified"].includes(state.state);
  const text = html`${countOf(waiting, "message")} waiting. ${state === undefined ? "" : explainState(state)}`;
  return { title, state: isWell ? "open" : "problem", text };
}

function testStep({ state }: SetUp, test: TestEvent): Step {
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
      const isWell = state === undefined || ["active", "unverified"].includes(state.state);
      const text = html`received ✓ ${inWords(known, waiting)} ${page}`;
      return { title, state: isWell ? "open" : "problem", text };
    }
    default: {
      const reason = known.rejection?.reason ?? known.reason ?? "";
      const { todo } = explainReason(known.state, reason);
      const text = html`received ✓ ${known.state}: ${withCode(inWords(known, waiting))} ${withCode(todo)} ${page}`;
      return { title, state: "problem", text };
    }
  }
}
