import type { Connection } from "@customerio-router/connections";
import type { Rejection } from "@customerio-router/messages";
import type { Viewer } from "../login/viewer.ts";
import type { ExplainedMessage } from "../messages/explain-message.ts";
import { mapped, whys } from "../messages/mapped-view.ts";
import { messagePath } from "../messages/message-row.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { advice } from "./failed-page.ts";

type EditPage = {
  connection: Connection;
  jobId: string;
  messageId: string;
  rejection: Rejection;
  /** The message as the person wrote it. */
  text: string;
  problem?: string | undefined;
  explained?: ExplainedMessage | undefined;
  privacy: Privacy;
  viewer: Viewer;
};

/** A failed message to be corrected and sent. */
export function editPage(options: EditPage): Html {
  const { connection, jobId, messageId, rejection, text, problem, explained, privacy, viewer } = options;
  const path = messagePath({ connection, jobId, messageId });
  const content = html`<p class="crumbs"><a href="${path}">The message</a></p>
    <h1>Edit and send</h1>
    <p class="lead">${advice(rejection.reason, true)} The corrected message takes the place of the failed one and goes to the end of the queue.</p>
    <p>It was rejected: ${withCode(privacy.maskSentence(rejection.message))}</p>
    <form class="card try" method="post" action="/failed/edit">
      <input type="hidden" name="connection" value="${connection.id}">
      <input type="hidden" name="job" value="${jobId}">
      <input type="hidden" name="id" value="${messageId}">
      <div class="field">
        <label for="message">Message, as JSON</label>
        <textarea id="message" name="message" rows="18" spellcheck="false" autocomplete="off" aria-describedby="message-hint"${problem === undefined ? "" : html` aria-invalid="true"`}>${text}</textarea>
        ${problem === undefined ? "" : html`<p class="problem" role="alert">${withCode(problem)}</p>`}
        <p class="hint" id="message-hint">Keep <code>messageId</code>: Customer.io shows an event with the same <code>messageId</code> once. Put integers of 16 or more digits in quotes.</p>
      </div>
      <p class="actions">
        <button name="action" value="show">Show what Customer.io would get</button>
        <button class="primary" name="action" value="send">Send</button>
        <a href="${path}">Cancel</a>
      </p>
    </form>
    ${explained === undefined ? "" : html`${mapped(explained, privacy)}${whys(explained)}`}`;
  return layout({ title: "Edit and send", content, section: "failed", viewer });
}
