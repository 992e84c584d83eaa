import type { Viewer } from "../login/viewer.ts";
import { duration } from "../page/duration.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { boardPath } from "../queues/connection-queue-adapter.ts";
import type { ConnectionOverview } from "./connection-overview.ts";
import { explainState, stateMark } from "./connection-state.ts";

export type ListPage = {
  overviews: ConnectionOverview[];
  /** What is wrong with how Redis is set up. */
  warnings: string[];
  now: number;
  viewer: Viewer;
};

/** All connections with how their delivery stands. */
export function listPage({ overviews, warnings, now, viewer }: ListPage): Html {
  const content = html`<div class="heading">
      <h1>Connections</h1>
      <a class="button primary" href="/connections/new">New connection</a>
    </div>
    ${warnings.map((warning) => html`<p class="warning" role="status">${warning}</p>`)}
    ${overviews.length === 0 ? noneYet() : table(overviews, now)}`;
  return layout({ title: "Connections", content, section: "connections", viewer });
}

function table(overviews: ConnectionOverview[], now: number): Html {
  return html`<table class="card connections">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Region</th>
          <th scope="col">State</th>
          <th scope="col" class="number">Waiting</th>
          <th scope="col">Oldest</th>
          <th scope="col" class="number">Failed</th>
          <th scope="col"><span class="unseen">Bull Board</span></th>
        </tr>
      </thead>
      <tbody>${overviews.map((overview) => row(overview, now))}</tbody>
    </table>`;
}

function row(overview: ConnectionOverview, now: number): Html {
  const { connection, state, waiting, failed, oldestWaitingAt, lastFailure } = overview;
  return html`<tr>
            <th scope="row"><a href="/connections/${connection.id}">${connection.name}</a></th>
            <td data-label="Region">${connection.region.toUpperCase()}</td>
            <td data-label="State" title="${explainState(state)}">${stateMark(state)}</td>
            <td data-label="Waiting" class="number">${waiting}</td>
            <td data-label="Oldest">${oldestWaitingAt === undefined ? "–" : duration(now - oldestWaitingAt)}</td>
            <td data-label="Failed" class="number">${failed}${
              lastFailure === undefined ? "" : html`<span class="reason">${lastFailure}</span>`
            }</td>
            <td><a href="${boardPath(connection)}" aria-label="Queue of ${connection.name} in Bull Board">Queue</a></td>
          </tr>`;
}

function noneYet(): Html {
  return html`<section class="card empty">
      <h2>No connection yet</h2>
      <p>A connection takes the calls of one write key and delivers them to one Customer.io workspace. All it needs is that
        workspace's Site ID and API Key.</p>
      <a class="button primary" href="/connections/new">Make the first one</a>
    </section>`;
}
