import type { Connection } from "@customerio-router/connections";
import type { ConnectionReport, WorkerAlive } from "@customerio-router/reports";
import { stateMark } from "../connections/state-mark.ts";
import { formatShare } from "../delivery/format-share.ts";
import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { readMark } from "../page/read-mark.ts";
import { selectField } from "../page/select-field.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { eventRates } from "./event-rates.ts";
import { formatShort } from "./format-count.ts";
import { formatBound } from "./format-latency.ts";
import { plots } from "./plots.ts";
import { type OverviewRange, ranges } from "./ranges.ts";
import type { History } from "./read-history.ts";
import type { Throughput } from "./read-throughput.ts";
import { redisCard } from "./redis-card.ts";
import type { RedisHealth } from "./redis-health.ts";

/** A connection and how its delivery stands. */
type Reported = ConnectionReport & { connection: Connection };

type OverviewPage = {
  range: OverviewRange;
  /** Minute by minute, of the short ranges. */
  minutes: Throughput | undefined;
  history: History;
  /** When the history was read, where it may be old. */
  readAtMs: number | undefined;
  overviews: Reported[];
  workers: WorkerAlive[];
  connections: Connection[];
  /** The id of the connection that is asked for; empty: all. */
  chosen: string;
  health: RedisHealth;
  privacy: Privacy;
  viewer: Viewer;
};

/** The overview: messages received, their outcomes, what waits, and the state of Redis. */
export function overviewPage(options: OverviewPage): Html {
  const { minutes, history, overviews, chosen, health, privacy, viewer } = options;
  const from = new Date(history.fromMs).toISOString().slice(0, 10);
  const deliveryPath = `/delivery?${new URLSearchParams({ ...(chosen && { connection: chosen }), from })}`;
  const content = html`<h1>Overview</h1>
    <p class="lead">How many messages came in, what became of them and how long it took, and what waits now.</p>
    ${filters(options)}
    ${health.warnings.map((warning) => html`<p class="warning" role="status">${warning}</p>`)}
    ${tiles(options)}
    ${unwell(overviews)}
    ${plots({ minutes, history })}
    ${eventRates(history.events, { connection: chosen, privacy, deliveryPath })}
    ${readMark(options.readAtMs)}
    ${redisCard(health)}`;
  return layout({ title: "Overview", content, section: "overview", viewer, hasPlots: true });
}

function filters({ connections, chosen, range }: OverviewPage): Html {
  return html`<form class="card filters" method="get" action="/overview" role="search" aria-label="Overview">
      ${selectField({
        name: "connection",
        label: "Connection",
        value: chosen,
        choices: [["", "All"], ...connections.map(({ id, name }): [string, string] => [id, name])],
      })}
      ${selectField({
        name: "range",
        label: "Time",
        value: range,
        choices: Object.entries(ranges).map(([name, { label }]): [string, string] => [name, label]),
      })}
      <p class="actions"><button class="primary">Show</button></p>
    </form>`;
}

/** Of the short ranges, what was counted in their minutes or hours; of the long ones, the account of their days, which adds up. */
function counted({
  range,
  minutes,
  history: { account, points },
}: OverviewPage): [label: string, value: number, query: object][] {
  if (!minutes) {
    const of = (name: "received" | "delivered" | "skipped" | "rejected") =>
      range === "day" ? points.reduce((all, point) => all + point[name], 0) : account[name];
    return [
      ["Received", of("received"), {}],
      ["Delivered", of("delivered"), { outcome: "delivered" }],
      ["Skipped", of("skipped"), { outcome: "skipped" }],
      ["Rejected", of("rejected"), { outcome: "rejected" }],
      ...(range === "day" ? [] : [["Removed", account.removed, {}] as [string, number, object]]),
    ];
  }
  const sum = (name: "received" | "repeated" | "delivered" | "skipped" | "rejected" | "retried") =>
    minutes.points.reduce((all, point) => all + point[name], 0);
  return [
    ["Received", sum("received"), {}],
    ["Repeated, not kept again", sum("repeated"), {}],
    ["Delivered", sum("delivered"), { outcome: "delivered" }],
    ["Skipped", sum("skipped"), { outcome: "skipped" }],
    // A message that was retried has another outcome since, or waits.
    ["Rejected", Math.max(0, sum("rejected") - sum("retried")), { outcome: "rejected" }],
  ];
}

function tiles(options: OverviewPage): Html {
  const { range, history, overviews, workers, chosen } = options;
  const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);
  const of = { ...(chosen && { connection: chosen }) };
  const path = (page: string, query: object) => {
    const text = String(new URLSearchParams({ ...of, ...query }));
    return text === "" ? page : `${page}?${text}`;
  };
  const from = new Date(history.fromMs).toISOString().slice(0, 16);
  const tile = (label: Html | string, value: string, href: string) =>
    html`<div><dt>${label}</dt><dd><a class="tile" href="${href}">${value}</a></dd></div>`;
  const numbers = counted(options);
  const countOf = (label: string) => numbers.find(([name]) => name === label)?.[1] ?? 0;
  const [delivered, rejected] = [countOf("Delivered"), countOf("Rejected")];
  const rate = delivered + rejected === 0 ? "–" : formatShare(delivered, delivered + rejected);
  const { latency } = history;
  const quantile = (name: "p50" | "p95" | "p99") =>
    html`<div><dt>${name}</dt><dd>${latency ? formatBound(latency[name]) : "–"}</dd></div>`;
  return html`<dl class="tiles" aria-label="In ${ranges[range].inWords}">
      ${numbers.map(([label, value, query]) => tile(label, formatShort(value), path("/messages", { ...query, from })))}
      ${tile("Delivery rate", rate, path("/delivery", { from: from.slice(0, 10) }))}
      ${tile("Messages waiting now", formatShort(sum(overviews.map(({ messagesWaiting }) => messagesWaiting))), path("/messages", { outcome: "waiting" }))}
      ${tile("Failed messages", formatShort(sum(overviews.map(({ messagesFailed }) => messagesFailed))), path("/failed", {}))}
      ${tile("Workers alive", formatShort(workers.length), "/")}
    </dl>
    <dl class="tiles" aria-label="Time from received to delivered">
      ${quantile("p50")}${quantile("p95")}${quantile("p99")}
    </dl>
    <p class="hint">p50, p95 and p99: half, 95 % and 99 % of the messages were delivered within this time of their receipt, in the clock hours of ${ranges[range].inWords}.</p>`;
}

/** The connections that do not deliver. */
function unwell(overviews: Reported[]): Html | "" {
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
