import { type Html, html } from "../page/html.ts";
import { formatCount, formatShort } from "./format-count.ts";
import { formatBound } from "./format-latency.ts";
import { plot } from "./plot.ts";
import type { History, HistoryPoint } from "./read-history.ts";
import type { Point, Throughput } from "./read-throughput.ts";

/** What was received and sent over the time, what waited, and how long deliveries took. */
export function plots({ minutes, history }: { minutes: Throughput | undefined; history: History }): Html {
  return html`<div class="plots">
      ${minutes ? messages(minutes.points, perMinutes(minutes)) : messages(history.points, perPoint(history))}
      ${latency(history)}
      ${minutes ? minutePlots(minutes) : ""}
    </div>`;
}

type Scale = { per: string; point: "minutes" | "hour" | "day" };

function perMinutes({ pointMinutes }: Throughput): Scale {
  return { per: pointMinutes === 1 ? "per minute" : `per ${pointMinutes} minutes`, point: "minutes" };
}

function perPoint({ point }: History): Scale {
  return { per: `per ${point}`, point };
}

function messages(
  points: Pick<HistoryPoint, "atMs" | "received" | "delivered" | "skipped" | "rejected">[],
  { per, point }: Scale,
): Html {
  return plot({
    id: "throughput",
    title: `Messages ${per}`,
    times: points.map(({ atMs }) => atMs),
    point,
    form: "lines",
    write: formatShort,
    series: [
      { label: "Received", colour: "calm", values: points.map(({ received }) => received) },
      { label: "Delivered", colour: "good", values: points.map(({ delivered }) => delivered) },
      { label: "Skipped", colour: "warn", values: points.map(({ skipped }) => skipped) },
      { label: "Rejected", colour: "bad", values: points.map(({ rejected }) => rejected) },
    ],
  });
}

/** The last range of the ledger has no bound: beyond it, this is shown. */
const shownSeconds = 6 * 3600;

function latency({ point, points }: History): Html {
  const of = (name: "p50" | "p95" | "p99") =>
    points.map(({ latency }) => latency && Math.min(shownSeconds, latency[name] / 1000));
  return plot({
    id: "latency",
    title: `Time from received to delivered, per ${point}`,
    times: points.map(({ atMs }) => atMs),
    point,
    form: "lines",
    unit: "seconds",
    write: (seconds) => formatBound(seconds * 1000),
    series: [
      { label: "p50", colour: "good", values: of("p50") },
      { label: "p95", colour: "warn", values: of("p95") },
      { label: "p99", colour: "bad", values: of("p99") },
    ],
  });
}

function minutePlots(throughput: Throughput): Html {
  const { points } = throughput;
  const times = points.map(({ atMs }) => atMs);
  const of = (name: Exclude<keyof Point, "atMs">) => points.map((point) => point[name]);
  return html`${plot({
    id: "requests",
    title: `Requests to Customer.io ${perMinutes(throughput).per}`,
    times,
    form: "bars",
    write: formatShort,
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
        title: "Messages waiting",
        times,
        form: "lines",
        write: formatShort,
        series: [{ label: "Waiting", colour: "accent", values: of("messagesWaiting") }],
      })}
      ${plot({
        id: "age",
        title: "Age of the oldest waiting message",
        times,
        form: "lines",
        unit: "seconds",
        write: (seconds) => `${formatCount(seconds)} s`,
        series: [{ label: "Oldest", colour: "accent", values: of("oldestWaitingMs").map((ms) => ms / 1000) }],
      })}`;
}
