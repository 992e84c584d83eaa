import type { FastifyReply, FastifyRequest } from "fastify";
import { problemPage } from "./problem-page.ts";
import { sendPage } from "./send-page.ts";

export type Problem = { status: number; title: string; message: string };

/** As a page for browsers, as JSON for programs. */
export async function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, title, message }: Problem,
): Promise<FastifyReply> {
  return request.headers.accept?.includes("text/html")
    ? sendPage(reply, problemPage({ title, message, viewer: request.viewer }), status)
    : reply.code(status).send({ error: message });
}
