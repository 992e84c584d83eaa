import type { Connection } from "@customerio-router/connections";
import type { Viewer } from "../login/viewer.ts";
import { formatCount } from "../overview/format-count.ts";
import { type Html, html } from "../page/html.ts";
import { countOf } from "../page/in-words.ts";
import { layout } from "../page/layout.ts";
import { withCode } from "../page/with-code.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { type FailedFilter, failedFields } from "./failed-filter.ts";
import type { FailedGroup } from "./group-failed.ts";

type DiscardPage = {
  connection: Connection;
  filter: FailedFilter;
  groups: FailedGroup[];
  /** The groups are those of the newest jobs, of more. */
  isPart: boolean;
  privacy: Privacy;
  viewer: Viewer;
};

/** Asks before messages are discarded: it cannot be undone. */
export function discardPage({ connection, filter, groups, isPart, privacy, viewer }: DiscardPage): Html {
  const { id, name } = connection;
  const messages = groups.reduce((sum, group) => sum + group.messages, 0);
  const what = isPart ? "all of these messages" : countOf(messages, "message");
  const fields = failedFields(id, filter);
  const content = html`<p class="crumbs"><a href="/failed?connection=${id}">Failed in ${name}</a></p>
    <h1>Discard ${what}?</h1>
    <p class="lead">${messages === 1 ? "It is" : "They are"} deleted and never delivered. This cannot be undone: export ${messages === 1 ? "it" : "them"} first if you may need ${messages === 1 ? "it" : "them"}. The ledger counts what you discard as removed.</p>
    <section class="card form">
      <ul class="why">${groups.map(({ rejection, messages }) => html`<li>${formatCount(messages)} × ${withCode(privacy.maskSentence(rejection.message))}</li>`)}</ul>
      <form method="post" action="/failed/discard" class="actions">
        ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
        <button class="danger">Discard ${what}</button>
        <a class="button" href="/failed/export?${new URLSearchParams(fields)}" download>Export</a>
        <a href="/failed?connection=${id}">Keep</a>
      </form>
    </section>`;
  return layout({ title: `Discard ${what}?`, content, section: "failed", viewer });
}
