import type { Connection } from "@customerio-router/connections";
import {
  type Account,
  accountOfDay,
  dayMs,
  keptDays,
  splitByEvent,
  splitByReason,
  writeDay,
} from "@customerio-router/reports";
import type { Viewer } from "../login/viewer.ts";
import { formatCount, formatShort } from "../overview/format-count.ts";
import { plot } from "../overview/plot.ts";
import { type Html, html } from "../page/html.ts";
import { layout } from "../page/layout.ts";
import { readMark } from "../page/read-mark.ts";
import { timeMark } from "../page/time-mark.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { accountSum } from "./account-sum.ts";
import { daysForm } from "./days-form.ts";
import { eventTable } from "./event-table.ts";
import type { Examples } from "./find-examples.ts";
import { formatShare } from "./format-share.ts";
import { latencyTiles } from "./latency-tiles.ts";
import type { LedgerSource } from "./ledger-query.ts";
import { shownOutcomes } from "./outcomes.ts";
import type { Days, Delivery } from "./read-delivery.ts";
import { reasonTable } from "./reason-table.ts";
import { sourceTable } from "./source-table.ts";

type DeliveryPage = {
  delivery: Delivery;
  /** When it was read, where it may be old. */
  readAtMs: number | undefined;
  connections: Connection[];
  /** The id of the connection that is asked for; empty: all. */
  chosen: string;
  /** The id of the source whose messages are shown; `undefined`: all. */
  source: string | undefined;
  /** To choose from. */
  sources: LedgerSource[];
  examples: Examples;
  /** What came of counting again. */
  notice: Html | "";
  privacy: Privacy;
  viewer: Viewer;
};

/** The delivery report: every message received on some days, and what became of it. */
export function deliveryPage(options: DeliveryPage): Html {
  const { delivery, connections, chosen, source, sources, examples, notice, privacy, viewer } = options;
  const { total, days, chosen: range } = delivery;
  const csv = (by: string) => `/delivery.csv?${deliveryQuery({ connection: chosen, source }, range, { by })}`;
  const content = html`<h1>Delivery</h1>
    <p class="lead">What became of every message received on these days, in numbers that add up, with the reasons of those that were not delivered.</p>
    ${daysForm({ connections, chosen, source, sources, delivery })}
    ${notice}
    ${
      total.received === 0
        ? nothing(delivery, connections)
        : html`<section class="card" aria-labelledby="sum">
      <h2 id="sum" class="headline">${headline(total)}</h2>
      ${accountSum(total, chosen)}
      ${counted(options)}
    </section>
    ${byDay(delivery, csv("day"))}
    ${reasonTable(splitByReason(days), { examples, csv: csv("reason") })}
    ${eventTable(splitByEvent(days), { privacy, csv: csv("event") })}
    ${source === undefined ? html`${sourceTable(delivery.bySource, { sources, query: deliveryQuery({ connection: chosen }, range), csv: csv("source") })}${latencyTiles(days)}` : ""}`
    }
    ${readMark(options.readAtMs)}
    <p class="hint">A message counts on the UTC day on which it was received. Days are kept for ${keptDays} days. Of all time: ${formatCount(delivery.ofAllTime.received)} received, ${formatCount(delivery.ofAllTime.delivered)} delivered.</p>`;
  return layout({ title: "Delivery", content, section: "delivery", viewer, hasPlots: true });
}

/** What names the same connection, source and days again. */
export function deliveryQuery(
  { connection, source }: { connection: string; source?: string | undefined },
  { from, to }: Days,
  more: { [name: string]: string } = {},
) {
  return new URLSearchParams({
    ...(connection && { connection }),
    ...(source && { source }),
    from: writeDay(from),
    to: writeDay(to),
    ...more,
  });
}

function headline({ received, delivered }: Account): string {
  if (received === delivered) {
    return received === 1
      ? "The message was delivered"
      : `All ${formatCount(received)} messages were delivered`;
  }
  return `${formatShare(delivered, received)} of ${formatCount(received)} messages were delivered`;
}

/** When the messages were counted one by one, and the button to do it again. */
function counted({ delivery, connections, chosen, source = "", viewer }: DeliveryPage): Html {
  const { checkedAtMs, ofAllTime, chosen: range } = delivery;
  const { unaccounted } = ofAllTime;
  const isOne = chosen !== "" || connections.length === 1;
  return html`<div class="heading counted">
        <p class="hint">${
          checkedAtMs === undefined
            ? `${isOne ? "The messages" : "The messages of some connections"} have not been counted one by one yet.`
            : html`Last counted one by one at ${timeMark(checkedAtMs, "full")}: ${unaccounted === 0 ? "no message is missing." : `of all time, ${formatCount(unaccounted)} ${unaccounted === 1 ? "message is" : "messages are"} missing.`}`
        }</p>
        ${
          viewer.canWrite
            ? html`<form method="post" action="/delivery/check">
          <input type="hidden" name="connection" value="${chosen}">
          <input type="hidden" name="source" value="${source}">
          <input type="hidden" name="from" value="${writeDay(range.from)}">
          <input type="hidden" name="to" value="${writeDay(range.to)}">
          <button>${checkedAtMs === undefined ? "Count now" : "Count again"}</button>
        </form>`
            : ""
        }
      </div>`;
}

function byDay({ days, total }: Delivery, csv: string): Html {
  const accounts = days.map(accountOfDay);
  return html`${plot({
    id: "by-day",
    title: "Messages received per day",
    times: days.map(({ day }) => day * dayMs),
    point: "day",
    form: "bars",
    write: formatShort,
    series: shownOutcomes
      .filter(({ name }) => total[name] > 0)
      .map(({ name, label, colour }) => ({
        label,
        colour,
        values: accounts.map((account) => Math.max(0, account[name])),
      })),
    more: html`<a href="${csv}" download>Download as CSV</a>`,
  })}`;
}

function nothing({ ofAllTime }: Delivery, connections: Connection[]): Html {
  const advice =
    connections.length === 0
      ? html`There is no connection yet. <a href="/connections/new">Create a connection</a>, and send it a call.`
      : ofAllTime.received === 0
        ? html`No message has been received yet. <a href="/try">Try a call</a>, or see on a <a href="/">connection's page</a> how to send one.`
        : html`Of all time, ${formatCount(ofAllTime.received)} ${ofAllTime.received === 1 ? "message was" : "messages were"} received: choose other days.`;
  return html`<section class="card empty"><h2>No messages on these days</h2><p>${advice}</p></section>`;
}
