import { explainReason } from "../delivery/reasons.ts";
import { failedActions } from "../failed/failed-actions.ts";
import { failedFields } from "../failed/failed-filter.ts";
import { groupKey } from "../failed/failed-messages.ts";
import type { FailedChoice } from "../failed/find-failed.ts";
import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";
import type { KnownMessage } from "./find/known-message.ts";

/** Beside the reason of a rejected message: what to do about it, and the buttons to do so. */
export function failedChoice({
  known,
  choice,
  privacy,
  viewer,
}: {
  known: KnownMessage;
  choice: FailedChoice | undefined;
  privacy: Privacy;
  viewer: Viewer;
}): Html {
  const { todo } = explainReason("rejected", known.rejection?.reason ?? "failed");
  if (!choice) {
    return html`<section class="card choice" aria-label="What to do">
      <p>${withCode(todo)}</p>
      <p class="hint">The message is no longer among the failed ones: it was retried, discarded, or kept for as long as the connection's settings say.</p>
    </section>`;
  }
  const { failed, canPass, overtaken } = choice;
  const { connection, jobId, messageId } = failed;
  const group = groupKey(failed.rejection);
  const fields = failedFields(connection.id, { group, job: jobId, id: messageId });
  const canEdit = viewer.canWrite && !failed.isCut && !failed.entry.erased && !privacy.isMasking;
  return html`<section class="card choice" aria-label="What to do">
      <p>${withCode(todo)}</p>
      ${overtaken.jobIds.size > 0 ? html`<p class="warning">A newer message about the same person or object was delivered since: a retry overwrites the newer state.</p>` : ""}
      ${overtaken.unknownJobIds.size > 0 ? html`<p class="warning">A newer message may have changed the same person or object since: the records do not go back far enough to know. A retry would overwrite it.</p>` : ""}
      ${canPass ? "" : html`<p class="hint">${whyNoRetry(choice)}</p>`}
      <div class="actions">
        ${failedActions({ fields, isInPlace: true, messages: 1, passing: canPass ? 1 : 0, viewer })}
        ${canEdit ? html`<a class="button" href="/failed/edit?${new URLSearchParams(fields)}">Edit and send</a>` : ""}
      </div>
    </section>`;
}

function whyNoRetry({ failed }: FailedChoice): string {
  if (failed.isCut) return "Only the beginning of the message is kept, so it can never be sent.";
  if (failed.entry.erased) return "Its person was erased, so it can never be sent.";
  return "There is no Retry: with the connection's present rules and settings it would be rejected again.";
}
