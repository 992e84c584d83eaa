import type { ConnectionInput, ConnectionPatch, Region, Saved } from "../connection.ts";
import { type KeysContext, testKeys } from "./test-keys.ts";

/** A region that is left out is found from the keys. */
export type NewConnection = Omit<ConnectionInput, "region"> & { region?: Region | undefined };

/** What is left out stays as it is. `region: null` finds it from the keys. */
export type ConnectionChange = Omit<ConnectionPatch, "region"> & { region?: Region | null };

/** Makes a connection. */
export async function saveNewConnection(context: KeysContext, input: NewConnection): Promise<Saved> {
  if (input.region !== undefined) return context.store.create({ ...input, region: input.region });
  const check = await testKeys(context, input);
  if (!check.ok) return { ok: false, problems: [check] };
  return context.store.create({ ...input, region: check.region });
}

/** Changes a connection; `undefined` when there is none of this id. */
export async function saveConnection(
  context: KeysContext,
  id: string,
  { region, ...patch }: ConnectionChange,
): Promise<Saved | undefined> {
  const { store } = context;
  if (region !== null) return store.update(id, region === undefined ? patch : { ...patch, region });
  const former = await store.get(id);
  if (!former) return undefined;
  const { siteId = former.siteId, trackUrl = former.trackUrl, apiKey } = patch;
  const check = await testKeys(context, { siteId, trackUrl: trackUrl ?? undefined, apiKey }, former);
  return check.ok ? store.update(id, { ...patch, region: check.region }) : { ok: false, problems: [check] };
}
