import type { Connection, ShownSource } from "@customerio-router/connections";
import type { RefusedCalls } from "@customerio-router/reports";
import type { ConnectionsContext } from "../connections/connections-context.ts";
import type { TextFields } from "../page/text-fields.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { readShownRefused } from "./read-shown-refused.ts";

export type RefusedBySource = {
  sources: { source: ShownSource; refused: RefusedCalls[] }[];
  /** Those that the sources feed. */
  connections: Connection[];
  /** Without a known write key. */
  unknown: RefusedCalls[];
};

type Context = Pick<ConnectionsContext, "sources" | "store" | "redis"> & { privacy: Privacy };

/** What was refused of all sources, of one, or of those that feed one connection; `undefined` when there is no such one. */
export async function readRefusedBySource(
  context: Context,
  { connection = "", source = "" }: TextFields,
): Promise<RefusedBySource | undefined> {
  const [all, stored] = await Promise.all([context.sources.list(), context.store.list()]);
  const chosen = all.filter(
    ({ id, connections }) =>
      (source === "" || id === source) && (connection === "" || connections.includes(connection)),
  );
  const connections = stored.filter(
    ({ id }) =>
      (connection === "" || id === connection) &&
      (source === "" || chosen.some((one) => one.connections.includes(id))),
  );
  if (source !== "" && !all.some(({ id }) => id === source)) return undefined;
  if (connection !== "" && !stored.some(({ id }) => id === connection)) return undefined;
  const sources = chosen.map(async (one) => ({
    source: one,
    refused: await readShownRefused(context, one.id),
  }));
  return { sources: await Promise.all(sources), connections, unknown: await readShownRefused(context) };
}
