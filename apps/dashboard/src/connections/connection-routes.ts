import type { FastifyInstance } from "fastify";
import type { ConnectionsContext } from "./connections-context.ts";
import { createConnection } from "./create-connection.ts";
import { editConnection } from "./edit-connection.ts";
import { listConnections } from "./list-connections.ts";
import { pauseConnection } from "./pause-connection.ts";
import { removeConnection } from "./remove-connection.ts";
import { showConnection } from "./show-connection.ts";
import { testConnection } from "./test-connection.ts";

/** All pages about connections. */
export function connectionRoutes(app: FastifyInstance, context: ConnectionsContext): void {
  listConnections(app, context);
  createConnection(app, context);
  showConnection(app, context);
  editConnection(app, context);
  testConnection(app, context);
  pauseConnection(app, context);
  removeConnection(app, context);
}
