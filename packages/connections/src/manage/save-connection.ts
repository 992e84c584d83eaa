import type {
  Connection,
  ConnectionInput,
  ConnectionPatch,
  ConnectionProblem,
  Region,
  Saved,
} from "../connection.ts";
import { draftRecord } from "../store/draft-record.ts";
import { type KeysContext, testKeys } from "./test-keys.ts";

/** `check: false` saves without asking Customer.io whether the keys are good. */
type Checking = { check?: boolean | undefined };

/** A region that is left out is found from the keys. */
export type NewConnection = Omit<ConnectionInput, "region"> & { region?: Region | undefined } & Checking;

/** What is left out stays as it is. `region: null` finds it from the keys. */
export type ConnectionChange = Omit<ConnectionPatch, "region"> & { region?: Region | null } & Checking;

type Found = { ok: true; region: Region } | { ok: false; problems: ConnectionProblem[] };

/** Makes a connection, once Customer.io has accepted its keys. */
export async function saveNewConnection(
  context: KeysContext,
  { check = true, ...input }: NewConnection,
): Promise<Saved> {
  const { sources, ...patch } = input;
  const hasOwnSource = sources === undefined;
  const found = await findRegion(context, { check, patch, former: undefined, hasOwnSource });
  return found.ok ? context.store.create({ ...input, region: found.region }) : found;
}

/**
 * Changes a connection; `undefined` when there is none of this id. Customer.io is asked when a key, the region or the
 * address is given, also an unchanged one.
 */
export async function saveConnection(
  context: KeysContext,
  id: string,
  { check = true, ...change }: ConnectionChange,
): Promise<Saved | undefined> {
  const { store } = context;
  const former = await store.get(id);
  if (!former) return undefined;
  const { region, ...fields } = change;
  const patch = region == null ? fields : { ...fields, region };
  if (region !== null && !concernsKeys(change, context, former)) return store.update(id, patch);
  const asked = region === null ? fields : { region: former.region, ...patch };
  const found = await findRegion(context, { check, patch: asked, former });
  return found.ok ? store.update(id, { ...patch, region: found.region }) : found;
}

/** Where a custom URL is no longer allowed, its connection can still be renamed: no key goes there. */
function concernsKeys(change: ConnectionChange, context: KeysContext, former: Connection): boolean {
  const { siteId, apiKey, region, trackUrl = former.trackUrl } = change;
  const isForbidden = trackUrl != null && trackUrl === former.trackUrl && !context.allowCustomTrackUrl;
  const isNamed = [siteId, apiKey, region, change.trackUrl].some((value) => value !== undefined);
  return isNamed && !isForbidden;
}

type Wish = {
  check: boolean;
  /** As it is to be saved; without a region it is to be found. */
  patch: Omit<ConnectionPatch, "region"> & { region?: Region | undefined };
  former: Connection | undefined;
  /** Of a new one: false when it is fed by chosen sources. */
  hasOwnSource?: boolean;
};

/** The region to save, or why nothing is saved. What is wrong with other fields is found before Customer.io is asked. */
async function findRegion(context: KeysContext, { check, patch, former, ...wish }: Wish): Promise<Found> {
  const { allowCustomTrackUrl } = context;
  const drafted = draftRecord({
    id: former?.id ?? "",
    former,
    patch: { ...patch, region: patch.region ?? "us" },
    allowCustomTrackUrl,
    ...wish,
  });
  if (!drafted.ok) return drafted;
  if (!check && patch.region !== undefined) return { ok: true, region: patch.region };
  if (!check) return { ok: false, problems: [regionNeeded] };
  const { siteId, trackUrl } = drafted.record;
  const { apiKey } = drafted;
  const checked = await testKeys(context, { siteId, apiKey, region: patch.region, trackUrl }, former);
  return checked.ok ? checked : { ok: false, problems: [checked] };
}

const regionNeeded: ConnectionProblem = {
  field: "region",
  message: "Choose the region: without a check of the keys it cannot be detected.",
};
