import type { ConnectionOverview } from "@customerio-router/connections";
import { explainState, needsAttention, type WorkerAlive } from "@customerio-router/reports";
import { duration } from "@customerio-router/service";
import type { Viewer } from "../../login/viewer.ts";
import { formatCount } from "../../overview/format-count.ts";
import { type Html, html } from "../../page/html.ts";
import { countOf } from "../../page/in-words.ts";
import { layout } from "../../page/layout.ts";
import { withCode } from "../../page/with-code.ts";
import { boardPath } from "../../queues/connection-queue-adapter.ts";
import { stateMark } from "../state-mark.ts";
import { workerName } from "../worker-name.ts";

type ListPage = {
  /** All there are. */
  overviews: ConnectionOverview[];
  /** Those that the search found. */
  found: ConnectionOverview[];
  /** Those of this page. */
  shown: ConnectionOverview[];
  query: string;
  /** From 1 on. */
  page: number;
  pages: number;
  workers: WorkerAlive[];
  /** What a person has to look after. */
  warnings: string[];
  now: number;
  viewer: Viewer;
};

/** All connections with the state of their delivery. */
export function listPage(options: ListPage): Html {
  const { shown, overviews, workers, warnings, now, viewer } = options;
  const content = html`<div class="heading">
      <h1>Connections</h1>
      ${viewer.canWrite ? html`<a class="button primary" href="/connections/new">New connection</a>` : ""}
    </div>
    <p class="lead">A connection delivers calls to one Customer.io workspace: here is how the delivery of each stands.</p>
    ${warnings.map((warning) => html`<p class="warning" role="status">${warning}</p>`)}
    ${overviews.length === 0 ? noneYet() : searchForm(options)}
    ${shown.length === 0 ? "" : table(shown, now)}
    ${pageLinks(options)}
    ${overviews.length === 0 ? "" : workersAlive(workers, overviews)}`;
  return layout({ title: "Connections", content, section: "connections", viewer });
}

/** Fewer are seen at a glance. */
const searchedFrom = 10;

function searchForm({ overviews, found, query }: ListPage): Html | "" {
  if (overviews.length < searchedFrom && query === "") return "";
  const all = countOf(overviews.length, "connection");
  const count = query === "" ? all : `${formatCount(found.length)} of ${all}`;
  const troubled = found.filter(({ state }) => needsAttention(state) || state.state === "no-worker").length;
  return html`<form class="card filters" method="get" action="/" role="search" aria-label="Connections">
      <div class="field wide"><label for="q">Name, id or Site ID</label><input id="q" name="q" type="search" value="${query}" autocomplete="off" spellcheck="false"></div>
      <p class="actions"><button class="primary">Search</button>${query === "" ? "" : html` <a href="/">Clear</a>`}</p>
      <p class="hint">${count}${troubled === 0 ? "" : `, ${formatCount(troubled)} in trouble, which come first`}.</p>
    </form>`;
}

function pageLinks({ query, page, pages }: ListPage): Html | "" {
  if (pages === 1) return "";
  const link = (to: number, text: string) =>
    html`<a class="button" href="/?${new URLSearchParams({ ...(query && { q: query }), page: String(to) })}">${text}</a>`;
  return html`<p class="actions">${page === 1 ? "" : link(page - 1, "Previous")} Page ${page} of ${pages} ${page === pages ? "" : link(page + 1, "Next")}</p>`;
}

function table(overviews: ConnectionOverview[], now: number): Html {
  return html`<table class="card connections stack">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Region</th>
          <th scope="col">State</th>
          <th scope="col" class="number">Delivered per minute</th>
          <th scope="col" class="number">Messages waiting</th>
          <th scope="col">Oldest</th>
          <th scope="col" class="number">Failed messages</th>
          <th scope="col"><span class="unseen">Bull Board</span></th>
        </tr>
      </thead>
      <tbody>${overviews.map((overview) => row(overview, now))}</tbody>
    </table>`;
}

function row(overview: ConnectionOverview, now: number): Html {
  const { connection, state, lastFailure, deliveredPerMinute } = overview;
  const { messagesWaiting: waiting, messagesFailed: failed, oldestWaitingAtMs } = overview;
  return html`<tr>
            <th scope="row"><a href="/connections/${connection.id}">${connection.name}</a></th>
            <td data-label="Region">${connection.region.toUpperCase()}</td>
            <td data-label="State">${stateMark(state)}${
              state.state === "active" ? "" : html`<span class="reason">${explainState(state)}</span>`
            }</td>
            <td data-label="Delivered per minute" class="number">${rate(deliveredPerMinute)}</td>
            <td data-label="Messages waiting" class="number">${waiting}</td>
            <td data-label="Oldest">${oldestWaitingAtMs === undefined ? "–" : duration(now - oldestWaitingAtMs)}</td>
            <td data-label="Failed messages" class="number">${failed === 0 ? failed : html`<a href="/failed?connection=${connection.id}">${failed}</a>`}${
              lastFailure === undefined
                ? ""
                : html`<span class="reason">Latest: ${withCode(lastFailure)}</span>`
            }</td>
            <td><a href="${boardPath(connection)}" aria-label="Queue of ${connection.name} in Bull Board">Queue</a></td>
          </tr>`;
}

/** How many workers are alive, and how many connections each owns. */
function workersAlive(workers: WorkerAlive[], overviews: ConnectionOverview[]): Html {
  const owned = (id: string) => overviews.filter(({ worker }) => worker?.id === id).length;
  return html`<section class="card" aria-labelledby="workers">
      <h2 id="workers">Workers alive: ${workers.length}</h2>
      <ul class="plain">${workers.map((worker) => html`<li>${workerName(worker)}: ${owned(worker.id) === 1 ? "1 connection" : `${owned(worker.id)} connections`}</li>`)}</ul>
    </section>`;
}

function noneYet(): Html {
  return html`<section class="card empty">
      <h2>No connection yet</h2>
      <p>A connection delivers the calls of the sources that feed it to one Customer.io workspace. You need that workspace's
        Site ID and API Key.</p>
      <a class="button primary" href="/connections/new">Create a connection</a>
    </section>`;
}

const perMinute = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

function rate(messages: number): string {
  return perMinute.format(messages >= 10 ? Math.round(messages) : messages);
}
