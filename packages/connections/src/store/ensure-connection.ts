import { isDeepStrictEqual } from "node:util";
import type { RedisClient } from "@customerio-router/redis";
import { type ConnectionInput, InvalidConnectionError, type MadeConnection } from "../connection.ts";
import type { ApiKeys } from "../keys/api-keys.ts";
import type { Source } from "../sources/source.ts";
import type { SourcePart } from "./commit.ts";
import { type ConnectionRecord, toConnection } from "./connection-record.ts";
import { draftRecord } from "./draft-record.ts";
import { environmentConnectionId } from "./identity.ts";
import { changed, nameTaken, putConnection } from "./put-connection.ts";
import type { StoredConnections } from "./stored-connections.ts";

type EnsureContext = {
  redis: RedisClient;
  stored: StoredConnections;
  apiKeys: ApiKeys;
  allowCustomTrackUrl: boolean;
};

/**
 * One try to make the connection of this name as the environment says; writes only where it differs.
 * @throws InvalidConnectionError
 */
export async function ensureConnection(
  { redis, stored, apiKeys, allowCustomTrackUrl }: EnsureContext,
  { writeKey, sources: _chosenByPeople, ...input }: ConnectionInput,
): Promise<MadeConnection | typeof changed> {
  const former =
    (await stored.byName(input.name)) ?? (await stored.byId(environmentConnectionId(input.name)));
  const id = former?.record.id ?? environmentConnectionId(input.name);
  // Somebody edited the connection's own source, so that it is no longer in the connection's record.
  const edited = (await stored.source(id))?.stored;
  const feeding = writeKey === undefined ? undefined : await stored.sourceByWriteKey(writeKey);
  const isFed = writeKey === undefined || feeding?.connections.includes(id) === true;
  const hadOwnSource = former === undefined || former.record.writeKey !== undefined;
  const hasOwnSource = edited === undefined && (hadOwnSource || !isFed);
  // A custom URL that left the environment must not go on taking what is meant for Customer.io.
  const patch = { ...input, trackUrl: input.trackUrl ?? null, ...(hasOwnSource && writeKey && { writeKey }) };
  const drafted = draftRecord({ id, former: former?.record, patch, hasOwnSource, allowCustomTrackUrl });
  if (!drafted.ok) throw new InvalidConnectionError(drafted.problems);
  const latter = drafted.record;
  const apiKey = drafted.apiKey === undefined ? undefined : await apiKeys.toStore(id, drafted.apiKey);
  const sources: SourcePart[] = [];
  if (edited && writeKey !== undefined && !isFed) {
    sources.push({ former: edited, latter: withKey(edited.source, writeKey) });
  }
  const made = async (record: ConnectionRecord): Promise<MadeConnection> => {
    const source = sources[0]?.latter ?? feeding ?? edited?.source;
    return { ...toConnection(record), writeKey: record.writeKey ?? source?.writeKeys.at(-1)?.key ?? "" };
  };
  const isAsWished = former && apiKey === undefined && sources.length === 0 && isSame(former.record, latter);
  if (isAsWished) return made(former.record);
  const saved = await putConnection({ redis, apiKeys, former, latter, apiKey, more: { sources } });
  if (saved === changed || saved.ok) return saved === changed ? changed : made(latter);
  // The name was looked for first, so whoever has it now has it since then.
  if (saved.problems.every((problem) => problem === nameTaken)) return changed;
  throw new InvalidConnectionError(saved.problems);
}

function isSame(former: ConnectionRecord, latter: ConnectionRecord): boolean {
  return isDeepStrictEqual({ ...latter, updatedAt: former.updatedAt }, former);
}

/** The environment's write key replaces the others, as a leaked one must. */
function withKey(source: Source, writeKey: string): Source {
  const now = new Date().toISOString();
  return { ...source, writeKeys: [{ id: "environment", key: writeKey, createdAt: now }], updatedAt: now };
}
