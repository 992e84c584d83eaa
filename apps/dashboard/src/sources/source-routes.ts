import type { FastifyInstance } from "fastify";
import type { ConnectionsContext } from "../connections/connections-context.ts";
import { createSource } from "./form/create-source.ts";
import { editSource } from "./form/edit-source.ts";
import { listSources } from "./list/list-sources.ts";
import { pauseRoutes } from "./one/pause-routes.ts";
import { showSource } from "./one/show-source.ts";
import { writeKeyRoutes } from "./one/write-key-routes.ts";
import { removeSource } from "./remove/remove-source.ts";
import { retireWriteKey } from "./remove/retire-write-key.ts";

/** All pages about sources. */
export function sourceRoutes(app: FastifyInstance, context: ConnectionsContext): void {
  listSources(app, context);
  createSource(app, context);
  showSource(app, context);
  editSource(app, context);
  pauseRoutes(app, context);
  writeKeyRoutes(app, context);
  retireWriteKey(app, context);
  removeSource(app, context);
}
