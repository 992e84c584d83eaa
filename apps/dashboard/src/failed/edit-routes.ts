import type { Connection } from "@customerio-router/connections";
import { type Entry, messageIdOf, validateMessage } from "@customerio-router/messages";
import { separateFailed, wake } from "@customerio-router/queue";
import type { FastifyInstance } from "fastify";
import { explainMessage } from "../messages/explain-message.ts";
import { messagePath } from "../messages/message-row.ts";
import type { MessagesContext } from "../messages/messages-context.ts";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import { readJson } from "../try/read-json.ts";
import { retryFailed } from "./change-failed.ts";
import { editPage } from "./edit-page.ts";
import { readFailedFilter } from "./failed-filter.ts";
import { type FailedMessage, groupKey } from "./failed-messages.ts";
import { findFailed } from "./find-failed.ts";

/** `GET` and `POST /failed/edit`: one failed message, by its job and its id, is corrected and sent. */
export function editRoutes(app: FastifyInstance, context: MessagesContext): void {
  const { store, redis, queues, rules, privacy } = context;

  app.get("/failed/edit", async (request, reply) => {
    const { connection: connectionId = "", job = "", id = "" } = textFields(request.query);
    const found = await find(connectionId, job, id);
    if (!found) return reply.callNotFound();
    const { connection, failed } = found;
    const text = JSON.stringify(failed.message, undefined, 2);
    const { rejection, messageId, jobId } = failed;
    const page = { connection, jobId, messageId, rejection, text, privacy, viewer: request.viewer };
    return sendPage(reply, editPage(page));
  });

  app.post("/failed/edit", async (request, reply) => {
    const fields = textFields(request.body);
    const { connection: connectionId = "", job = "", id = "", message: text = "", action } = fields;
    const found = await find(connectionId, job, id);
    if (!found) return reply.callNotFound();
    const { connection, failed } = found;
    const { rejection, messageId, jobId } = failed;
    const page = { connection, jobId, messageId, rejection, text, privacy, viewer: request.viewer };
    const read = readJson(text);
    const problem = read.ok ? problemOf(read.json) : read.problem;
    if (!read.ok || problem !== undefined) return sendPage(reply, editPage({ ...page, problem }), 422);
    const warnings = read.warningsOf?.(read.json);
    const { from, treated } = failed.entry;
    const entry: Entry = {
      message: read.json,
      ...(from && { from }),
      ...(treated && { treated }),
      ...(warnings && { warnings }),
      rejected: rejection,
    };
    if (action !== "send") {
      const { compiled } = await rules.open(connection.id);
      const explained = explainMessage(entry, connection, compiled);
      return sendPage(reply, editPage({ ...page, explained }));
    }
    const separate = await separateFailed(redis, connection.id, {
      jobId,
      isWanted: ({ message }) => messageIdOf(message) === messageId,
      edit: () => entry,
    });
    if (!separate) {
      const problem = "The message was retried, removed or edited meanwhile: look at it again.";
      return sendPage(reply, editPage({ ...page, problem }), 409);
    }
    const queue = queues.of(connection.id);
    const filter = readFailedFilter({ job: separate.jobId });
    await retryFailed({ redis, connection, queue, filter });
    await wake(redis, connection.id);
    request.log.info({ connection: connection.id, action: "edit" }, "changed in the dashboard");
    const sent = { connection, jobId: separate.jobId, messageId: messageIdOf(entry.message) };
    const group = new URLSearchParams({ group: groupKey(rejection) });
    return reply.redirect(`${messagePath(sent)}&${group}`, 303);
  });

  /** Nothing for what may not be edited: a part of a message, and masked ones, whose masks would be sent. */
  async function find(
    connectionId: string,
    jobId: string,
    messageId: string,
  ): Promise<{ connection: Connection; failed: FailedMessage } | undefined> {
    const connection = await store.get(connectionId);
    if (!connection || privacy.isMasking) return undefined;
    const queue = queues.of(connection.id);
    const failed = await findFailed({ connection, queue, jobId, messageId });
    return failed && !failed.isCut && !failed.entry.erased ? { connection, failed } : undefined;
  }
}

function problemOf(message: unknown): string | undefined {
  const valid = validateMessage(message);
  return valid.ok ? undefined : valid.problem.message;
}
