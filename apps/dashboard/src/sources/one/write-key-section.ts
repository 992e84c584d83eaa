import { maxWriteKeys, type ShownSource, type UsedWriteKey } from "@customerio-router/connections";
import type { Viewer } from "../../login/viewer.ts";
import { textField } from "../../page/fields/text-field.ts";
import { type Html, html } from "../../page/html.ts";
import { timeMark } from "../../page/time-mark.ts";

export type RefusedWriteKey = { key: string; problem: string };

type WriteKeySection = { source: ShownSource; viewer: Viewer; refused: RefusedWriteKey | undefined };

/** What senders authenticate with: how one key replaces another. */
export function writeKeySection({ source, viewer, refused }: WriteKeySection): Html {
  const { id, writeKeys } = source;
  const canRetire = viewer.canWrite && writeKeys.length > 1;
  const hasRoom = writeKeys.length < maxWriteKeys;
  return html`<section class="card" aria-labelledby="keys">
      <h2 id="keys">Write keys</h2>
      ${writeKeys.map((writeKey) => oneKey(id, writeKey, canRetire))}
      ${viewer.canWrite && (hasRoom || refused) ? addForm(id, refused) : ""}
      ${writeKeys.length > 1 ? html`<p class="hint">Both are valid. Use the newer one in your code, wait until the last use of the older one no longer moves, then retire it.</p>` : ""}
    </section>`;
}

function oneKey(
  sourceId: string,
  { id, key, createdAt, lastUsedAt }: UsedWriteKey,
  canRetire: boolean,
): Html {
  const elementId = `key-${id}`;
  return html`<div class="copyable">
        <h3 id="${elementId}-label">Added <span class="hint">${timeMark(Date.parse(createdAt), "full")}</span>, ${lastUsedAt === null ? "never used" : html`last used <span class="hint">${timeMark(Date.parse(lastUsedAt), "full")}</span>`}</h3>
        <span class="actions">
          <button type="button" data-copy="${elementId}" aria-describedby="${elementId}-label" hidden>Copy</button>
          ${canRetire ? html`<a class="button danger" href="/sources/${sourceId}/write-keys/${id}/retire" aria-describedby="${elementId}-label">Retire</a>` : ""}
        </span>
        <pre id="${elementId}" tabindex="0" aria-labelledby="${elementId}-label">${key}</pre>
      </div>`;
}

function addForm(sourceId: string, refused: RefusedWriteKey | undefined): Html {
  return html`<details${refused ? html` open` : ""}>
        <summary>Add a write key</summary>
        <form method="post" action="/sources/${sourceId}/write-keys" class="form">
          ${textField({
            name: "key",
            label: "Write key",
            hint: "Leave it blank to generate one. The other one stays valid.",
            value: refused?.key ?? "",
            problem: refused?.problem,
          })}
          <p class="actions"><button>Add</button></p>
        </form>
      </details>`;
}
