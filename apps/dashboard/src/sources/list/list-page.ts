import type { Connection, ShownSource } from "@customerio-router/connections";
import type { Viewer } from "../../login/viewer.ts";
import { type Html, html } from "../../page/html.ts";
import { layout } from "../../page/layout.ts";
import { timeMark } from "../../page/time-mark.ts";
import { connectionLinks } from "../connection-links.ts";
import { sourceStateMark } from "../source-state-mark.ts";

type ListPage = { sources: ShownSource[]; connections: Connection[]; viewer: Viewer };

/** Where calls come from, and where they go. */
export function listPage({ sources, connections, viewer }: ListPage): Html {
  const content = html`<div class="heading">
      <h1>Sources</h1>
      ${viewer.canWrite ? html`<a class="button primary" href="/sources/new">New source</a>` : ""}
    </div>
    <p class="lead">A source is where calls come from: pages, an app, a server. It feeds any number of connections.</p>
    ${sources.length === 0 ? noneYet(viewer) : table(sources, connections)}`;
  return layout({ title: "Sources", content, section: "sources", viewer });
}

function table(sources: ShownSource[], connections: Connection[]): Html {
  return html`<table class="card sources stack">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Kind</th>
          <th scope="col">State</th>
          <th scope="col">Feeds</th>
          <th scope="col">Origins</th>
          <th scope="col">Last used</th>
        </tr>
      </thead>
      <tbody>${sources.map((source) => row(source, connections))}</tbody>
    </table>`;
}

function row({ id, name, kind, state, origins, writeKeys, ...source }: ShownSource, all: Connection[]): Html {
  const uses = writeKeys.flatMap(({ lastUsedAt }) => (lastUsedAt === null ? [] : Date.parse(lastUsedAt)));
  return html`<tr>
            <th scope="row"><a href="/sources/${id}">${name}</a></th>
            <td data-label="Kind">${kind}</td>
            <td data-label="State">${sourceStateMark(state)}</td>
            <td data-label="Feeds">${connectionLinks(source.connections, all)}</td>
            <td data-label="Origins">${kind === "browser" ? origins.join(", ") || "Any" : "–"}</td>
            <td data-label="Last used">${uses.length === 0 ? "Never" : timeMark(Math.max(...uses), "full")}</td>
          </tr>`;
}

function noneYet({ canWrite }: Viewer): Html {
  return html`<section class="card empty">
      <h2>No source yet</h2>
      <p>Saving a connection makes a source that feeds it. Create sources here to tell pages, apps and servers apart, or to
        feed several connections from one place.</p>
      ${canWrite ? html`<a class="button primary" href="/sources/new">Create a source</a>` : ""}
    </section>`;
}
