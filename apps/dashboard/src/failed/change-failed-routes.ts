import { wake } from "@customerio-router/queue";
import type { FastifyInstance } from "fastify";
import type { MessagesContext } from "../messages/messages-context.ts";
import { sendPage } from "../page/send-page.ts";
import { type TextFields, textFields } from "../page/text-fields.ts";
import { retryMayPass } from "./can-pass.ts";
import { type Changed, discardFailed, retryFailed } from "./change-failed.ts";
import { discardPage } from "./discard-page.ts";
import { failedFields, readFailedFilter } from "./failed-filter.ts";
import { followRetry } from "./follow-retry.ts";
import { overtakenJobs } from "./overtaken.ts";
import { groupedJobs, readFailed } from "./read-failed.ts";

/** `POST /failed/retry`, `GET` and `POST /failed/discard`: by reason, event, time, job or message. */
export function changeFailedRoutes(app: FastifyInstance, context: MessagesContext): void {
  const { store, redis, queues, privacy } = context;

  app.post("/failed/retry", async (request, reply) => {
    const fields = textFields(request.body);
    const connection = await store.get(fields.connection ?? "");
    if (!connection) return reply.callNotFound();
    const { id } = connection;
    const queue = queues.of(id);
    const filter = readFailedFilter(fields);
    const { compiled: rules } = await context.rules.open(id);
    const without =
      fields.without === "overtaken"
        ? await overtakenJobs(redis, connection, { queue, rules })
        : new Set<string>();
    const mayPass = retryMayPass(connection, rules);
    const changed = await retryFailed({ redis, connection, queue, filter, without, mayPass });
    await wake(redis, id);
    const { messages } = changed;
    request.auditDetails.messages = messages;
    request.log.info({ connection: id, messages, action: "retry" }, "changed in the dashboard");
    const retry = await followRetry(redis, id, changed.jobs);
    return reply.redirect(backTo(fields, { ...changed, retry }, "retried"), 303);
  });

  app.get("/failed/discard", async (request, reply) => {
    const fields = textFields(request.query);
    const connection = await store.get(fields.connection ?? "");
    if (!connection) return reply.callNotFound();
    const filter = readFailedFilter(fields);
    const { groups, jobs } = await readFailed(context, { connection, filter });
    if (groups.length === 0) {
      return reply.redirect(
        `/failed?${new URLSearchParams({ connection: connection.id, discarded: "0" })}`,
        303,
      );
    }
    const page = { connection, filter, groups, isPart: jobs > groupedJobs, privacy, viewer: request.viewer };
    return sendPage(reply, discardPage(page));
  });

  app.post("/failed/discard", async (request, reply) => {
    const fields = textFields(request.body);
    const connection = await store.get(fields.connection ?? "");
    if (!connection) return reply.callNotFound();
    const { id } = connection;
    const filter = readFailedFilter(fields);
    const changed = await discardFailed({ redis, connection, queue: queues.of(id), filter });
    const { messages } = changed;
    request.auditDetails.messages = messages;
    request.log.info({ connection: id, messages, action: "discard" }, "changed in the dashboard");
    return reply.redirect(backTo(fields, changed, "discarded"), 303);
  });
}

/** To the message that was retried, or to what is left of the list. */
function backTo(
  fields: TextFields,
  { messages, left, hopeless, jobs, retry }: Changed & { retry?: string | undefined },
  verb: "retried" | "discarded",
): string {
  const { connection = "" } = fields;
  const { group, event, from, to, id } = readFailedFilter(fields);
  const [job] = jobs;
  if (verb === "retried" && id !== "" && job !== undefined) {
    return `/message?${new URLSearchParams({ connection, id, job: job.id, ...(group !== "" && { group }) })}`;
  }
  return `/failed?${new URLSearchParams({
    ...failedFields(connection, { event, from, to }),
    [verb]: String(messages),
    ...(retry !== undefined && { retry }),
    ...(left > 0 && { left: String(left) }),
    ...(hopeless > 0 && { hopeless: String(hopeless) }),
  })}`;
}
