import { createSourceStore, type SourceStore } from "@customerio-router/connections";
import { type OpenConnections, openConnections } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";

/** The sources and connections of the installation that SECRET_KEY belongs to. @throws when it belongs to another one */
export async function openSources(
  environment: Environment,
): Promise<OpenConnections & { sources: SourceStore }> {
  const open = await openConnections(environment);
  return { ...open, sources: createSourceStore(open.redis) };
}
