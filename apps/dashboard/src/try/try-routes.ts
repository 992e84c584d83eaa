import { receiveCall, validateMessage } from "@customerio-router/messages";
import { createEnqueuer } from "@customerio-router/queue";
import { intakeRules, treatEntry } from "@customerio-router/rules";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { explainMessage } from "../messages/explain-message.ts";
import type { MessagesContext } from "../messages/messages-context.ts";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import { readJson } from "./read-json.ts";
import { tryPage } from "./try-page.ts";

const example = {
  type: "track",
  userId: "userId123",
  event: "Clicked Button",
  properties: { colour: "teal", clickedAt: "2026-01-02T03:04:05Z" },
};

/** `GET /try`, `POST /try` explains a call, `POST /try/send` puts it into the chosen connection's queue as intake would. */
export function tryRoutes(app: FastifyInstance, { store, rules, redis, privacy }: MessagesContext): void {
  const enqueuer = createEnqueuer({ redis });
  app.addHook("onClose", () => enqueuer.close());

  app.get("/try", async (request, reply) => {
    const connections = await store.list();
    const { connection = connections[0]?.id ?? "" } = textFields(request.query);
    const call = JSON.stringify(example, undefined, 2);
    const { viewer } = request;
    return sendPage(reply, tryPage({ connections, chosen: connection, call, privacy, viewer }));
  });

  app.post("/try", async (request, reply) => {
    const { connection, call, json, warningsOf, problem } = await read(request);
    if (problem !== undefined) return sendAgain(request, reply, problem);
    const { compiled } = await rules.open(connection.id);
    const warnings = warningsOf?.(json);
    const explained = explainMessage({ message: json, ...(warnings && { warnings }) }, connection, compiled);
    const { viewer } = request;
    const connections = await store.list();
    return sendPage(reply, tryPage({ connections, chosen: connection.id, call, explained, privacy, viewer }));
  });

  app.post("/try/send", async (request, reply) => {
    const { connection, json, warningsOf, problem } = await read(request);
    if (problem !== undefined) return sendAgain(request, reply, problem);
    const valid = validateMessage(json);
    if (!valid.ok) return sendAgain(request, reply, valid.problem.message);
    const entry = receiveCall(valid.message, { receivedAt: new Date(), warningsOf });
    const { compiled } = await rules.open(connection.id);
    const first = compiled && intakeRules(compiled);
    await enqueuer.enqueue(connection.id, [first ? treatEntry(entry, first) : entry]);
    request.log.info({ connection: connection.id, action: "try" }, "changed in the dashboard");
    const query = new URLSearchParams({ connection: connection.id, id: entry.message.messageId });
    return reply.redirect(`/message?${query}`, 303);
  });

  async function read(request: FastifyRequest) {
    const { connection: id = "", call = "" } = textFields(request.body);
    const connection = await store.get(id);
    const read = readJson(call);
    if (!connection) return { problem: "The connection is gone: choose another one." };
    if (!read.ok) return { problem: read.problem };
    const { json, warningsOf } = read;
    return { connection, call, json, warningsOf };
  }

  async function sendAgain(request: FastifyRequest, reply: FastifyReply, problem: string) {
    const { connection: chosen = "", call = "" } = textFields(request.body);
    const connections = await store.list();
    const { viewer } = request;
    return sendPage(reply, tryPage({ connections, chosen, call, problem, privacy, viewer }), 422);
  }
}
