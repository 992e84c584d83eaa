import type { RuleStore } from "../rules/rule-store.ts";
import type { SourceStore } from "../sources/source-store.ts";
import type { ConnectionStore } from "../store/connection-store.ts";
import { nameKey } from "../store/identity.ts";

/** What a thing is called, and how it stands: two of these are compared for the audit log. */
export type Snapshot = { id?: string; name?: string; state: unknown };

export type Snapshots = {
  /** With the names of the sources that feed it, and its rules. Undefined when there is none. */
  connection(id: string): Promise<Snapshot | undefined>;
  source(id: string): Promise<Snapshot | undefined>;
  /** The id of what has this name, without regard to case, or this id. */
  find(kind: "connection" | "source", nameOrId: string): Promise<string | undefined>;
};

export function createSnapshots({
  store,
  sources,
  rules,
}: {
  store: Pick<ConnectionStore, "get" | "list">;
  sources: Pick<SourceStore, "get" | "list" | "ofConnection">;
  rules: Pick<RuleStore, "read">;
}): Snapshots {
  return {
    async connection(id) {
      const connection = await store.get(id);
      if (!connection) return undefined;
      const feeding = (await sources.ofConnection(id)).map(({ name }) => name).join(", ");
      const list = (await rules.read(id))?.rules;
      return { id, name: connection.name, state: { ...connection, sources: feeding, rules: list } };
    },
    async source(id) {
      const source = await sources.get(id);
      return source && { id, name: source.name, state: source };
    },
    async find(kind, nameOrId) {
      const known = kind === "connection" ? await store.list() : await sources.list();
      const wanted = nameKey(nameOrId);
      return known.find(({ id, name }) => id === nameOrId || nameKey(name) === wanted)?.id;
    },
  };
}
