import { type Connection, senderOf } from "@customerio-router/connections";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendPage } from "../../page/send-page.ts";
import { textFields } from "../../page/text-fields.ts";
import type { Privacy } from "../../privacy/privacy.ts";
import { intakeUrlFor } from "../../snippets/intake-url.ts";
import type { ConnectionsContext } from "../connections-context.ts";
import { type ConnectionPath, findConnection } from "../find-connection.ts";
import { readSetUp } from "./read-set-up.ts";
import { sendTestEvent } from "./send-test-event.ts";
import { setUpPage } from "./set-up-page.ts";
import { setUpSteps } from "./set-up-steps.ts";

const ownMessageId = /^set-up-[0-9a-f-]{36}$/;

/** `GET /connections/:id/set-up`, its list alone at `/steps`, and `POST …/test-event`; `?test=` is the messageId of a test event. */
export function setUpRoutes(app: FastifyInstance, context: ConnectionsContext & { privacy: Privacy }): void {
  app.get<ConnectionPath>("/connections/:id/set-up", async (request, reply) => {
    const connection = await findConnection(context, request);
    return connection ? show(request, reply, { connection }) : reply.callNotFound();
  });

  app.get<ConnectionPath>("/connections/:id/set-up/steps", async (request, reply) => {
    const connection = await findConnection(context, request);
    if (!connection) return reply.callNotFound();
    const setUp = await readSetUp(context, connection, testIdOf(request));
    return sendPage(reply, setUpSteps({ setUp, viewer: request.viewer }));
  });

  app.post<ConnectionPath>("/connections/:id/set-up/test-event", async (request, reply) => {
    const connection = await findConnection(context, request);
    if (!connection) return reply.callNotFound();
    const messageId = `set-up-${crypto.randomUUID()}`;
    const problem = await send(request, connection, messageId);
    if (problem !== undefined) return show(request, reply, { connection, problem, status: 422 });
    request.auditDetails = { messageId };
    request.log.info({ connection: connection.id, action: "test event" }, "changed in the dashboard");
    return reply.redirect(`/connections/${connection.id}/set-up?test=${messageId}`, 303);
  });

  /** @returns why it was not sent */
  async function send(
    request: FastifyRequest<ConnectionPath>,
    { id }: Connection,
    messageId: string,
  ): Promise<string | undefined> {
    const sender = senderOf(id, await context.sources.ofConnection(id));
    if (sender === undefined) return "No source feeds this connection: choose one, then send the test event.";
    const { source, writeKey } = sender;
    if (source.paused)
      return `The source ${source.name} is paused, and the intake drops its calls: resume it, then send the test event.`;
    const intakeUrl = context.intakeInternalUrl ?? intakeUrlFor(context, request);
    return sendTestEvent({ intakeUrl, writeKey, messageId });
  }

  async function show(
    request: FastifyRequest<ConnectionPath>,
    reply: FastifyReply,
    { connection, problem, status = 200 }: { connection: Connection; problem?: string; status?: number },
  ): Promise<FastifyReply> {
    const setUp = await readSetUp(context, connection, testIdOf(request));
    const { viewer } = request;
    const intakeUrl = intakeUrlFor(context, request);
    return sendPage(reply, setUpPage({ setUp, intakeUrl, problem, viewer }), status);
  }
}

function testIdOf({ query }: FastifyRequest): string | undefined {
  const { test = "" } = textFields(query);
  return ownMessageId.test(test) ? test : undefined;
}
