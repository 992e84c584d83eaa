import type { FastifyInstance } from "fastify";
import type { ApiContext } from "./api-context.ts";
import { changeConnectionRoute } from "./connections/change.ts";
import { createConnectionRoute } from "./connections/create.ts";
import { deleteConnectionRoute } from "./connections/delete.ts";
import { listConnectionsRoute } from "./connections/list.ts";
import { goLiveRoute } from "./connections/live.ts";
import { pauseConnectionRoutes } from "./connections/pause.ts";
import { showConnectionRoute } from "./connections/show.ts";
import { testConnectionRoute } from "./connections/test-keys.ts";

/** `/api/connections` */
export function connectionApi(app: FastifyInstance, context: ApiContext): void {
  listConnectionsRoute(app, context);
  createConnectionRoute(app, context);
  showConnectionRoute(app, context);
  changeConnectionRoute(app, context);
  deleteConnectionRoute(app, context);
  testConnectionRoute(app, context);
  pauseConnectionRoutes(app, context);
  goLiveRoute(app, context);
}
