import type { Connection } from "@customerio-router/connections";
import type { FastifyRequest } from "fastify";
import type { ConnectionsContext } from "./connections-context.ts";

export type ConnectionPath = { Params: { id: string } };

/** The connection a path names. */
export async function findConnection(
  { store }: ConnectionsContext,
  request: FastifyRequest<ConnectionPath>,
): Promise<Connection | undefined> {
  return store.get(request.params.id);
}
