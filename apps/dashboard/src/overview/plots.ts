import { type Html, html } from "../page/html.ts";
import { formatCount, formatShort } from "./format-count.ts";
import { plot } from "./plot.ts";
import type { Point, Throughput } from "./read-throughput.ts";

/** What was received and sent over the time, and what waited. */
export function plots({ points, pointMinutes }: Throughput): Html {
  const times = points.map(({ atMs }) => atMs);
  const of = (name: Exclude<keyof Point, "atMs">) => points.map((point) => point[name]);
  const per = pointMinutes === 1 ? "per minute" : `per ${pointMinutes} minutes`;
  return html`<div class="plots">
      ${plot({
        id: "throughput",
        title: `Messages ${per}`,
        times,
        form: "lines",
        write: formatShort,
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
        write: (seconds) => `${formatCount(seconds)} s`,
        series: [{ label: "Oldest", colour: "accent", values: of("oldestWaitingMs").map((ms) => ms / 1000) }],
      })}
    </div>`;
}
