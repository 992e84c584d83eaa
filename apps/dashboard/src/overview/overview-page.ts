import type { Connection, ConnectionOverview } from "@customerio-router/connections";
import { crowdedShare, fullShare } from "@customerio-router/redis";
import { duration } from "@customerio-router/service";
import { stateMark } from "../connections/state-mark.ts";
import type { Viewer } from "../login/viewer.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { selectField } from "../page/select-field.ts";
import { plot } from "./plot.ts";
import type { Point, Throughput } from "./read-throughput.ts";
import type { RedisHealth, RedisNode } from "./redis-health.ts";

type OverviewPage = {
  throughput: Throughput;
  overviews: ConnectionOverview[];
  connections: Connection[];
  /** The id of the connection that is asked for; empty: all. */
  chosen: string;
  health: RedisHealth;
  viewer: Viewer;
};

const count = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const writeCount = (value: number) => (value < 10_000 ? count.format(value) : compact.format(value));

/** The overview: messages received, their outcomes, what waits, and the state of Redis. */
export function overviewPage(options: OverviewPage): Html {
  const { throughput, overviews, connections, chosen, health, viewer } = options;
  const { range, points, pointMinutes } = throughput;
  const times = points.map(({ atMs }) => atMs);
  const of = (name: Exclude<keyof Point, "atMs">) => points.map((point) => point[name]);
  const per = pointMinutes === 1 ? "per minute" : `per ${pointMinutes} minutes`;
  const content = html`<div class="heading">
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
          value: range,
          choices: [
            ["hour", "Last hour"],
            ["day", "Last day"],
          ],
        })}
        <button>Show</button>
      </form>
    </div>
    ${health.warnings.map((warning) => html`<p class="warning" role="status">${warning}</p>`)}
    ${tiles(points, overviews, range)}
    ${unwell(overviews)}
    <div class="plots">
      ${plot({
        id: "throughput",
        title: `Messages ${per}`,
        times,
        form: "lines",
        write: writeCount,
        series: [
          { label: "Received", colour: "calm", values: of("received") },
          { label: "Delivered", colour: "good", values: of("delivered") },
          { label: "Skipped", colour: "warn", values: of("skipped") },
          { label: "Rejected", colour: "bad", values: of("rejected") },
        ],
      })}
      ${plot({
        id: "requests",
        title: `Requests to Customer.io ${per}`,
        times,
        form: "bars",
        write: writeCount,
        series: [
          { label: "2xx", colour: "good", values: of("requests-2xx") },
          { label: "429", colour: "warn", values: of("requests-429") },
          { label: "3xx, 4xx", colour: "bad", values: of("requests-4xx") },
          { label: "5xx", colour: "worse", values: of("requests-5xx") },
          { label: "No reply", colour: "calm", values: of("requests-none") },
        ],
      })}
      ${plot({
        id: "backlog",
        title: "Jobs waiting",
        times,
        form: "lines",
        write: writeCount,
        series: [{ label: "Waiting", colour: "accent", values: of("jobsWaiting") }],
      })}
      ${plot({
        id: "age",
        title: "Age of the oldest waiting job",
        times,
        form: "lines",
        write: (seconds) => `${count.format(seconds)} s`,
        series: [{ label: "Oldest", colour: "accent", values: of("oldestWaitingMs").map((ms) => ms / 1000) }],
      })}
    </div>
    ${redis(health)}`;
  return layout({ title: "Overview", content, section: "overview", viewer });
}

function tiles(points: Point[], overviews: ConnectionOverview[], range: string): Html {
  const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);
  const counted = (name: "received" | "delivered" | "skipped" | "rejected") =>
    sum(points.map((point) => point[name]));
  const tile = (label: string, value: number, href: string) =>
    html`<div><dt>${label}</dt><dd><a class="tile" href="${href}">${writeCount(value)}</a></dd></div>`;
  return html`<dl class="tiles" aria-label="In the last ${range}">
      ${tile("Received", counted("received"), "/messages")}
      ${tile("Delivered", counted("delivered"), "/messages?outcome=delivered")}
      ${tile("Skipped", counted("skipped"), "/messages?outcome=skipped")}
      ${tile("Rejected", counted("rejected"), "/messages?outcome=rejected")}
      ${tile("Jobs waiting now", sum(overviews.map(({ waiting }) => waiting)), "/")}
      ${tile("Failed jobs", sum(overviews.map(({ failed }) => failed)), "/failed")}
    </dl>`;
}

/** The connections that do not deliver. */
function unwell(overviews: ConnectionOverview[]): Html | "" {
  const shown = overviews.filter(({ state }) => state.state !== "active");
  if (shown.length === 0) return "";
  return html`<section class="card" aria-labelledby="unwell">
      <h2 id="unwell">${shown.length === 1 ? "1 connection" : `${shown.length} connections`} stopped</h2>
      <ul class="plain">${shown.map(
        ({ connection, state }) =>
          html`<li><a href="/connections/${connection.id}">${connection.name}</a> ${stateMark(state)} ${"why" in state ? html`<span class="hint">${state.why}</span>` : ""}</li>`,
      )}</ul>
    </section>`;
}

function redis({ nodes }: RedisHealth): Html {
  return html`<section class="card" aria-labelledby="redis">
      <h2 id="redis">Redis</h2>
      ${nodes.map(redisNode)}
    </section>`;
}

function redisNode({
  version,
  usedBytes,
  maxBytes,
  evictionPolicy,
  isPersistent,
  uptimeMs,
}: RedisNode): Html {
  const share = maxBytes === 0 ? undefined : usedBytes / maxBytes;
  return html`<dl class="facts">
        <div><dt>Memory</dt><dd>${megabytes(usedBytes)}${share === undefined ? ", without a limit" : html` of ${megabytes(maxBytes)} <meter min="0" max="1" low="${crowdedShare}" high="${fullShare}" optimum="0" value="${share.toFixed(3)}" aria-label="Share of Redis's memory in use">${percent(share)}</meter> <span class="hint">${percent(share)}; intake stops adding at ${percent(fullShare)}</span>`}</dd></div>
        <div><dt>Persistence</dt><dd>${isPersistent ? "Append-only file" : "None: messages are lost when Redis stops"}</dd></div>
        <div><dt>When memory is full</dt><dd>${evictionPolicy === "noeviction" ? "noeviction: Redis deletes nothing" : evictionPolicy}</dd></div>
        <div><dt>Version</dt><dd>${version}, up for ${duration(uptimeMs)}</dd></div>
      </dl>`;
}

function megabytes(bytes: number): string {
  return `${count.format(bytes / 1_000_000)} MB`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
