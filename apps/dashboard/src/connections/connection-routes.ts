import type { FastifyInstance } from "fastify";
import type { Privacy } from "../privacy/privacy.ts";
import type { ConnectionsContext } from "./connections-context.ts";
import { createConnection } from "./form/create-connection.ts";
import { editConnection } from "./form/edit-connection.ts";
import { testConnection } from "./form/test-connection.ts";
import { listConnections } from "./list/list-connections.ts";
import { liveRoutes } from "./one/live-routes.ts";
import { pauseRoutes } from "./one/pause-routes.ts";
import { showConnection } from "./one/show-connection.ts";
import { removeConnection } from "./remove/remove-connection.ts";
import { setUpRoutes } from "./set-up/set-up-routes.ts";

/** All pages about connections. */
export function connectionRoutes(
  app: FastifyInstance,
  context: ConnectionsContext & { privacy: Privacy },
): void {
  listConnections(app, context);
  createConnection(app, context);
  showConnection(app, context);
  editConnection(app, context);
  testConnection(app, context);
  pauseRoutes(app, context);
  liveRoutes(app, context);
  setUpRoutes(app, context);
  removeConnection(app, context);
}
