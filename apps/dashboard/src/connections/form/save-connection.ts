import type { Connection, ConnectionProblem, Region } from "@customerio-router/connections";
import { checkKeys } from "./check-keys.ts";
import type { ConnectionForm } from "./connection-form.ts";
import { type KeysContext, readKeys } from "./read-keys.ts";

export type SaveResult = { ok: true; id: string } | { ok: false; problems: ConnectionProblem[] };

/** What a connection is made of; a region that was not chosen is found from the keys. */
export type NewConnection = Pick<ConnectionForm, "input" | "apiKey" | "region">;

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
  { former, form }: { former: Connection; form: ConnectionForm },
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
  const keys = await readKeys(context, form, former);
  const check = keys.ok ? await checkKeys(keys.keys) : keys;
  return check.ok ? check : { ok: false, problems: [check] };
}
