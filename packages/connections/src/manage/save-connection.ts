import type { Connection, ConnectionInput, ConnectionProblem, Region } from "../connection.ts";
import type { KeysContext } from "./read-keys.ts";
import { testKeys } from "./test-keys.ts";

type SaveResult = { ok: true; id: string } | { ok: false; problems: ConnectionProblem[] };

/** What a connection is made of, or changed to. */
export type NewConnection = {
  input: Omit<ConnectionInput, "region" | "apiKey">;
  /** Blank when an existing connection keeps its own. */
  apiKey: string;
  /** `undefined`: to be found from the keys. */
  region: Region | undefined;
};

/** Makes a connection; its region is found from the keys unless it was chosen. */
export async function saveNewConnection(context: KeysContext, form: NewConnection): Promise<SaveResult> {
  const found = await findRegion(context, form);
  if (!found.ok) return found;
  const saved = await context.store.create({ ...form.input, region: found.region, apiKey: form.apiKey });
  return saved.ok ? { ok: true, id: saved.connection.id } : saved;
}

/** Changes a connection; `undefined` when it is gone meanwhile. A blank API key keeps the stored one. */
export async function saveConnection(
  context: KeysContext,
  { former, form }: { former: Connection; form: NewConnection },
): Promise<SaveResult | undefined> {
  const found = await findRegion(context, form, former);
  if (!found.ok) return found;
  const { trackUrl = null, ...input } = form.input;
  const apiKey = form.apiKey === "" ? {} : { apiKey: form.apiKey };
  const saved = await context.store.update(former.id, {
    ...input,
    trackUrl,
    region: found.region,
    ...apiKey,
  });
  return saved?.ok ? { ok: true, id: former.id } : saved;
}

type FoundRegion = { ok: true; region: Region } | { ok: false; problems: ConnectionProblem[] };

async function findRegion(
  context: KeysContext,
  form: NewConnection,
  former?: Connection,
): Promise<FoundRegion> {
  if (form.region !== undefined) return { ok: true, region: form.region };
  const check = await testKeys(context, form, former);
  return check.ok ? check : { ok: false, problems: [check] };
}
