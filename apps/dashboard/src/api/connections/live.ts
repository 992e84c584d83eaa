import { goLive } from "@customerio-router/connections";
import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { inPath, problem } from "../schema-parts.ts";
import { type ConnectionPath, connectionTags } from "./connection-path.ts";

const body = {
  type: ["object", "null"],
  properties: {
    withHeld: { type: "boolean", default: false, description: "Send also what the shadow took, by a replay" },
  },
  additionalProperties: false,
} as const;
const wentLive = {
  type: "object",
  properties: {
    replay: { type: "string", description: "The id of the replay that sends what the shadow took" },
  },
} as const;

/** `POST /connections/:id/live` */
export function goLiveRoute(app: FastifyInstance, context: ApiContext): void {
  app.post<ConnectionPath & { Body: { withHeld?: boolean } | null }>(
    "/connections/:id/live",
    {
      schema: {
        tags: connectionTags,
        summary: "Make a shadow connection live",
        params: inPath,
        body,
        response: { 200: wentLive, 404: problem, 422: problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const withHeld = request.body?.withHeld === true;
      const result = await goLive(context, id, { withHeld, startedBy: "the API" });
      if (!result) return reply.callNotFound();
      if (!result.ok) return reply.code(422).send({ error: "Not live.", problems: result.problems });
      request.log.info({ connection: id, action: "go live", withHeld }, "changed through the API");
      return { ...(result.replay !== undefined && { replay: result.replay }) };
    },
  );
}
