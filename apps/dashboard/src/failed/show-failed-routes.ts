import { Readable } from "node:stream";
import { readReports } from "@customerio-router/reports";
import type { FastifyInstance } from "fastify";
import type { MessagesContext } from "../messages/messages-context.ts";
import { type Html, html } from "../page/html.ts";
import { sendPage } from "../page/send-page.ts";
import { type TextFields, textFields } from "../page/text-fields.ts";
import { changedInWords, stayedInWords } from "./changed-in-words.ts";
import { exportFailed } from "./export-failed.ts";
import { failedFields, readFailedFilter } from "./failed-filter.ts";
import type { FailedMessage } from "./failed-messages.ts";
import { type FailedOf, failedPage } from "./failed-page.ts";
import { readRetry } from "./follow-retry.ts";
import { groupPage } from "./group-page.ts";
import { groupedJobs, readFailed } from "./read-failed.ts";
import { retryNotice } from "./retry-notice.ts";

/** Messages of a group that its page shows. */
const shownMessages = 100;
/** Events to choose from. */
const maxEvents = 200;

/** `GET /failed`, `GET /failed/group`, `GET /failed/export`. */
export function showFailedRoutes(app: FastifyInstance, context: MessagesContext): void {
  const { store, queues, privacy } = context;

  app.get("/failed", async (request, reply) => {
    const fields = textFields(request.query);
    const { connection: chosen = "" } = fields;
    const filter = { ...readFailedFilter(fields), group: "", job: "", id: "" };
    // First: what it says was rejected again stands in the table below it.
    const notice = await noticeOf(context, fields);
    const connections = await store.list();
    const events = new Set<string>();
    const onEvent = (event: string) => void (events.size < maxEvents && events.add(event));
    const failed = await Promise.all(
      connections
        .filter(({ id }) => chosen === "" || id === chosen)
        .map(async (connection): Promise<FailedOf> => {
          const read = await readFailed(context, { connection, filter, onEvent });
          return { connection, groupedJobs, ...read };
        }),
    );
    const page = { failed, connections, chosen, filter, events: [...events].sort(), privacy };
    return sendPage(reply, failedPage({ ...page, notice, viewer: request.viewer }));
  });

  app.get("/failed/group", async (request, reply) => {
    const fields = textFields(request.query);
    const connection = await store.get(fields.connection ?? "");
    if (!connection) return reply.callNotFound();
    const filter = { ...readFailedFilter(fields), job: "", id: "" };
    const found: FailedMessage[] = [];
    const onMessage = (failed: FailedMessage) => void (found.length < shownMessages && found.push(failed));
    const { groups, overtaken } = await readFailed(context, { connection, filter, onMessage });
    const [first, ...more] = found;
    const [group] = groups;
    if (!first || !group) {
      const all = failedFields(connection.id, { ...filter, group: "" });
      return reply.redirect(`/failed?${new URLSearchParams(all)}`, 303);
    }
    const { messages: count, passing } = group;
    const page = { messages: [first, ...more], count, filter, overtaken, passing, privacy } as const;
    return sendPage(reply, groupPage({ ...page, messages: [first, ...more], viewer: request.viewer }));
  });

  app.get("/failed/export", async (request, reply) => {
    const fields = textFields(request.query);
    const connection = await store.get(fields.connection ?? "");
    if (!connection) return reply.callNotFound();
    const { id } = connection;
    const filter = readFailedFilter(fields);
    return reply
      .type("application/x-ndjson; charset=utf-8")
      .header("content-disposition", `attachment; filename="failed-${id}.ndjson"`)
      .header("cache-control", "no-store")
      .send(Readable.from(exportFailed({ connection, queue: queues.of(id), filter, privacy })));
  });
}

/** What a redirect of a change says of it, and of a retry what became of it since. */
async function noticeOf(
  { redis, privacy }: MessagesContext,
  { connection: id = "", retry = "", retried, discarded, left, hopeless }: TextFields,
): Promise<Html | ""> {
  const count = retried ?? discarded;
  if (count === undefined) return "";
  const stayed = { left: Number(left) || 0, hopeless: Number(hopeless) || 0 };
  const outcome = retry === "" ? undefined : await readRetry(redis, id, retry);
  const [report] = outcome ? (await readReports(redis, [id])).connections : [];
  if (outcome && report) {
    const kept = stayedInWords(stayed);
    return retryNotice(outcome, { connectionId: id, state: report.state, kept, privacy });
  }
  const verb = retried === undefined ? "discarded" : "retried";
  const sentence = changedInWords(verb, { messages: Number(count) || 0, ...stayed });
  return html`<p class="done" role="status">${sentence}</p>`;
}
