import type { FastifyInstance } from "fastify";
import type { ApiContext } from "../api-context.ts";
import { feedConnectionRoute } from "./feed.ts";
import { sourceRoutes } from "./source-routes.ts";
import { writeKeyRoutes } from "./write-key-routes.ts";

/** `/api/sources`, and which of them feed a connection */
export function sourceApi(app: FastifyInstance, context: ApiContext): void {
  sourceRoutes(app, context);
  writeKeyRoutes(app, context);
  feedConnectionRoute(app, context);
}
