import { type Connection, senderOf } from "@customerio-router/connections";
import type { Viewer } from "../../login/viewer.ts";
import { type Html, html } from "../../page/html.ts";
import { layout } from "../../page/layout.ts";
import { withCode } from "../../page/with-code.ts";
import { sendSection } from "../one/send-section.ts";
import type { SetUp } from "./read-set-up.ts";
import { testEvent, testPerson } from "./send-test-event.ts";
import { setUpSteps } from "./set-up-steps.ts";

type SetUpPage = {
  setUp: SetUp;
  /** Where senders reach the intake. */
  intakeUrl: string;
  /** Why a test event was not sent. */
  problem?: string | undefined;
  viewer: Viewer;
};

/** What is left to do until the first message of a connection is delivered. */
export function setUpPage({ setUp, intakeUrl, problem, viewer }: SetUpPage): Html {
  const { connection, sources, test } = setUp;
  const path = `/connections/${connection.id}/set-up`;
  const query = test === undefined ? "" : `?${new URLSearchParams({ test: test.messageId })}`;
  const content = html`<p class="crumbs"><a href="/connections/${connection.id}">Connection ${connection.name}</a></p>
    <h1>Set up ${connection.name}</h1>
    <p class="lead">What is left to do until calls of your code reach Customer.io. The list fills in by itself.<noscript> Without JavaScript, <a href="${path}${query}">load it again</a>.</noscript></p>
    <section class="card" aria-labelledby="steps">
      <h2 id="steps">Checklist</h2>
      <div data-steps="${path}/steps${query}" aria-live="polite">${setUpSteps({ setUp, isTestUnsent: problem !== undefined, viewer })}</div>
      ${problem === undefined ? "" : html`<p class="problem" role="alert">${withCode(problem)}</p>`}
      ${viewer.canWrite ? testForm(setUp, path) : html`<p class="hint">You have read-only access: an operator can send a test event.</p>`}
      ${workspaceLink(connection)}
    </section>
    ${sendSection({ connection, sources, intakeUrl, viewer })}`;
  return layout({ title: `Set up ${connection.name}`, content, section: "connections", viewer });
}

function testForm({ connection, sources, test }: SetUp, path: string): Html | "" {
  const sender = senderOf(connection.id, sources);
  if (sender === undefined) return "";
  const others = sender.source.connections.length - 1;
  return html`<form method="post" action="${path}/test-event">
        <p class="actions"><button${test === undefined ? html` class="primary"` : ""} aria-describedby="test-hint">${test === undefined ? "Send a test event" : "Send another test event"}</button></p>
        <p class="hint" id="test-hint">Sends <code>${testEvent}</code> of the person <code>${testPerson}</code> to the intake as the source ${sender.source.name} would. ${connection.trackUrl === undefined ? "Look for it in Customer.io's activity log." : ""}${others > 0 ? html` The source's ${others === 1 ? "other connection gets" : `${others} other connections get`} it too.` : ""}</p>
      </form>`;
}

/** Of a workspace only the Site ID is known, which no address of Customer.io's has in it. */
function workspaceLink({ trackUrl, siteId }: Connection): Html {
  return trackUrl === undefined
    ? html`<p><a href="https://fly.customer.io/" rel="noreferrer">Open Customer.io</a> and choose the workspace with the Site ID <code>${siteId}</code>.</p>`
    : html`<p class="hint">Messages go to the connection's custom URL, <code>${trackUrl}</code>, in place of Customer.io.</p>`;
}
