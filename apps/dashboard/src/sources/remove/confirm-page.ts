import type { UsedWriteKey } from "@customerio-router/connections";
import type { Viewer } from "../../login/viewer.ts";
import { type Html, html } from "../../page/html.ts";
import { layout } from "../../page/layout.ts";
import { timeMark } from "../../page/time-mark.ts";

type ConfirmPage = {
  title: string;
  sentences: string[];
  /** Those that are refused from then on. */
  writeKeys: UsedWriteKey[];
  /** Where the form goes. */
  action: string;
  button: string;
  sourceId: string;
  viewer: Viewer;
};

/** Asks before write keys cease to be valid, and says when they were last used. */
export function confirmPage(page: ConfirmPage): Html {
  const { title, sentences, writeKeys, action, button, sourceId, viewer } = page;
  const content = html`<h1>${title}</h1>
    ${sentences.map((sentence) => html`<p class="lead">${sentence}</p>`)}
    <section class="card">
      <ul>${writeKeys.map(
        ({ key, lastUsedAt }) =>
          html`<li><code>${key}</code>, ${lastUsedAt === null ? "never used" : html`last used ${timeMark(Date.parse(lastUsedAt), "full")}`}</li>`,
      )}</ul>
      <form method="post" action="${action}" class="actions">
        <button class="danger">${button}</button>
        <a href="/sources/${sourceId}">Cancel</a>
      </form>
    </section>`;
  return layout({ title, content, section: "sources", viewer });
}
