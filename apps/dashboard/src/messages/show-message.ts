import type { FastifyInstance } from "fastify";
import { groupKey } from "../failed/failed-messages.ts";
import { findChoice } from "../failed/find-failed.ts";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import { explainMessage } from "./explain-message.ts";
import { findMessage } from "./find/find-messages.ts";
import { findInJob } from "./find/waiting-messages.ts";
import { messagePage } from "./message-page.ts";
import type { MessagesContext } from "./messages-context.ts";
import { findWhyWaiting } from "./why-waiting.ts";

/** `GET /message?connection=&id=` */
export function showMessage(app: FastifyInstance, context: MessagesContext): void {
  const { store, sources, rules, queues, privacy } = context;

  app.get("/message", async (request, reply) => {
    const fields = textFields(request.query);
    const { connection: connectionId = "", id: messageId = "", job: jobId = "" } = fields;
    const connection = await store.get(connectionId);
    if (!connection) {
      return reply.redirect(`/messages?${new URLSearchParams({ connection: connectionId, messageId })}`, 303);
    }
    const found =
      messageId === "" ? [] : await findMessage(context, { connections: [connection], messageId });
    const queue = queues.of(connection.id);
    const inJob = found.length > 0 ? undefined : await findInJob({ connection, queue }, { messageId, jobId });
    const [latest, ...earlier] = inJob ? [inJob] : found;
    if (!latest) return reply.redirect(`/messages?${new URLSearchParams({ messageId })}`, 303);
    const { compiled } = await rules.open(connection.id);
    const explained = explainMessage(latest, connection, compiled);
    const choice =
      latest.state === "rejected"
        ? await findChoice(
            { connection, queue, jobId: latest.jobId, messageId },
            { redis: context.redis, rules: compiled },
          )
        : undefined;
    const waiting = await findWhyWaiting(context, latest);
    const source = latest.from && (await sources.get(latest.from.source));
    const known: [typeof latest, ...typeof earlier] = [latest, ...earlier];
    const group = choice ? groupKey(choice.failed.rejection) : fields.group;
    return sendPage(
      reply,
      messagePage({ known, source, explained, waiting, choice, group, privacy, viewer: request.viewer }),
    );
  });
}
