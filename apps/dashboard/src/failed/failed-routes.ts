import type { FastifyInstance } from "fastify";
import type { MessagesContext } from "../messages/messages-context.ts";
import { changeFailedRoutes } from "./change-failed-routes.ts";
import { editRoutes } from "./edit-routes.ts";
import { showFailedRoutes } from "./show-failed-routes.ts";

/** All pages about what was rejected. */
export function failedRoutes(app: FastifyInstance, context: MessagesContext): void {
  showFailedRoutes(app, context);
  changeFailedRoutes(app, context);
  editRoutes(app, context);
}
