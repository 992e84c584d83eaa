import type { Connection, ConnectionOverview } from "@customerio-router/connections";
import type { WorkerAlive } from "@customerio-router/reports";
import { stateMark } from "../connections/state-mark.ts";
import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { selectField } from "../page/select-field.ts";
import { formatShort } from "./format-count.ts";
import { plots } from "./plots.ts";
import type { Point, Throughput } from "./read-throughput.ts";
import { redisCard } from "./redis-card.ts";
import type { RedisHealth } from "./redis-health.ts";

type OverviewPage = {
  throughput: Throughput;
  overviews: ConnectionOverview[];
  workers: WorkerAlive[];
  connections: Connection[];
  /** The id of the connection that is asked for; empty: all. */
  chosen: string;
  health: RedisHealth;
  viewer: Viewer;
};

/** The overview: messages received, their outcomes, what waits, and the state of Redis. */
export function overviewPage(options: OverviewPage): Html {
  const { throughput, overviews, workers, health, viewer } = options;
  const { range, points } = throughput;
  const content = html`${heading(options)}
    ${health.warnings.map((warning) => html`<p class="warning" role="status">${warning}</p>`)}
    ${tiles(points, { overviews, workers: workers.length, range })}
    ${unwell(overviews)}
    ${plots(throughput)}
    ${redisCard(health)}`;
  return layout({ title: "Overview", content, section: "overview", viewer });
}

/** With the choice of what is shown. */
function heading({ connections, chosen, throughput }: OverviewPage): Html {
  return html`<div class="heading">
      <h1>Overview</h1>
      <form class="inline" method="get" action="/overview">
        ${selectField({
          name: "connection",
          label: "Connection",
          value: chosen,
          choices: [["", "All"], ...connections.map(({ id, name }): [string, string] => [id, name])],
        })}
        ${selectField({
          name: "range",
          label: "Time",
          value: throughput.range,
          choices: [
            ["hour", "Last hour"],
            ["day", "Last day"],
          ],
        })}
        <button>Show</button>
      </form>
    </div>`;
}

function tiles(
  points: Point[],
  { overviews, workers, range }: { overviews: ConnectionOverview[]; workers: number; range: string },
): Html {
  const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);
  const counted = (name: "received" | "repeated" | "delivered" | "skipped" | "rejected" | "retried") =>
    sum(points.map((point) => point[name]));
  // A message that was retried has another outcome since, or waits.
  const rejected = Math.max(0, counted("rejected") - counted("retried"));
  const tile = (label: string, value: number, href: string) =>
    html`<div><dt>${label}</dt><dd><a class="tile" href="${href}">${formatShort(value)}</a></dd></div>`;
  return html`<dl class="tiles" aria-label="In the last ${range}">
      ${tile("Received", counted("received"), "/messages")}
      ${tile("Repeated, not kept again", counted("repeated"), "/messages")}
      ${tile("Delivered", counted("delivered"), "/messages?outcome=delivered")}
      ${tile("Skipped", counted("skipped"), "/messages?outcome=skipped")}
      ${tile("Rejected", rejected, "/messages?outcome=rejected")}
      ${tile("Messages waiting now", sum(overviews.map(({ messagesWaiting }) => messagesWaiting)), "/")}
      ${tile("Failed messages", sum(overviews.map(({ messagesFailed }) => messagesFailed)), "/failed")}
      ${tile("Workers alive", workers, "/")}
    </dl>`;
}

/** The connections that do not deliver. */
function unwell(overviews: ConnectionOverview[]): Html | "" {
  const delivering = ["active", "unverified", "shadow"];
  const shown = overviews.filter(({ state }) => !delivering.includes(state.state));
  if (shown.length === 0) return "";
  return html`<section class="card" aria-labelledby="unwell">
      <h2 id="unwell">${shown.length === 1 ? "1 connection" : `${shown.length} connections`} stopped</h2>
      <ul class="plain">${shown.map(
        ({ connection, state }) =>
          html`<li><a href="/connections/${connection.id}">${connection.name}</a> ${stateMark(state)} ${"why" in state ? html`<span class="hint">${state.why}</span>` : ""}</li>`,
      )}</ul>
    </section>`;
}
