import type { Problem } from "@customerio-router/alerts";
import type { FastifyReply } from "fastify";

export function notSaved(reply: FastifyReply, problems: Problem[]): FastifyReply {
  return reply.code(422).send({ error: "Not saved.", problems });
}
