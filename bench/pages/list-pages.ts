import { messageIdOf } from "../archive/make-line.ts";
import type { Estate } from "./open-estate.ts";

/** A page and its address; that of one message another one each time. */
export type BenchedPage = { name: string; path: (run: number) => string };

/** Every page that reads something, with the filters that read most. */
export function listPages({ ids, ofFirst }: Estate): BenchedPage[] {
  const [first = "", second = ""] = ids;
  const archivedId = (run: number) => messageIdOf(1 + ((run * 7_919) % ofFirst));
  const pages: [name: string, path: string | ((run: number) => string)][] = [
    ["Connections", "/"],
    ["Connections, searched", "/?q=shop%201"],
    ["Overview, last hour", "/overview"],
    ["Overview, last day", "/overview?range=day"],
    ["Overview, last 7 days", "/overview?range=week"],
    ["Overview, last 30 days", "/overview?range=month"],
    ["Overview, last 90 days", "/overview?range=quarter"],
    ["Overview of a connection, last 90 days", `/overview?range=quarter&connection=${first}`],
    ["A connection", `/connections/${first}`],
    ["New connection", "/connections/new"],
    ["Edit a connection", `/connections/${first}/edit`],
    ["Rules of a connection", `/connections/${first}/rules`],
    ["Delete a connection", `/connections/${first}/remove`],
    ["Sources", "/sources"],
    ["New source", "/sources/new"],
    ["A source", `/sources/${first}`],
    ["Edit a source", `/sources/${first}/edit`],
    ["Messages", "/messages"],
    ["Messages, rejected", "/messages?outcome=rejected"],
    ["Messages, waiting", "/messages?outcome=waiting"],
    ["Messages of a person", (run) => `/messages?person=user-${run}`],
    ["Messages of a condition", `/messages?where=${encodeURIComponent("message.properties.total > 1e6")}`],
    ["Messages, by the id of an archived one", (run) => `/messages?messageId=${archivedId(run)}`],
    ["Messages, by an unknown id", (run) => `/messages?messageId=unknown-${run}`],
    ["Messages in the archive", `/messages?before=in:${first}:`],
    ["Messages of a connection", `/messages?connection=${first}`],
    ["Messages of a connection, rejected", `/messages?connection=${first}&outcome=rejected`],
    ["Messages of a connection, of a person", (run) => `/messages?connection=${first}&person=user-${run}`],
    ["Messages of a connection, in the archive", `/messages?connection=${first}&before=archive:`],
    ["A message in Redis", `/message?connection=${first}&id=${first}-50`],
    ["A message in the archive", (run) => `/message?connection=${first}&id=${archivedId(run)}`],
    ["Delivery", "/delivery"],
    [
      "Delivery, last 90 days",
      `/delivery?from=${new Date(Date.now() - 89 * 86_400_000).toISOString().slice(0, 10)}`,
    ],
    ["Delivery of a source", `/delivery?source=${second}`],
    ["Delivery of a connection", `/delivery?connection=${first}`],
    ["Failed", "/failed"],
    ["Failed of a connection", `/failed?connection=${first}`],
    ["Discard failed messages", `/failed/discard?connection=${first}`],
    ["Refused", "/refused"],
    ["Refused of a connection", `/refused?connection=${first}`],
    ["Replay", "/replay"],
    ["Erase", "/erasure"],
    ["Alerts", "/alerts"],
    ["Audit log", "/audit"],
    ["Sessions", "/sessions"],
    ["Try a call", "/try"],
    ["Runbook", "/runbook"],
    ["Bull Board", "/queues"],
  ];
  return pages.map(([name, path]) => ({ name, path: typeof path === "string" ? () => path : path }));
}
