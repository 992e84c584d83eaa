import { isDeepStrictEqual } from "node:util";
import type { RedisClient } from "@customerio-router/redis";
import { type Connection, type ConnectionInput, InvalidConnectionError } from "../connection.ts";
import type { ApiKeys } from "../keys/api-keys.ts";
import { type ConnectionRecord, toConnection } from "./connection-record.ts";
import { draftRecord } from "./draft-record.ts";
import { connectionIdOf } from "./identity.ts";
import { changed, putConnection } from "./put-connection.ts";
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
  input: ConnectionInput,
): Promise<Connection | typeof changed> {
  const former = (await stored.byName(input.name)) ?? (await stored.byId(connectionIdOf(input.name)));
  const id = former?.record.id ?? connectionIdOf(input.name);
  // A custom URL that left the environment must not go on taking what is meant for Customer.io.
  const patch = { ...input, trackUrl: input.trackUrl ?? null };
  const drafted = draftRecord({ id, former: former?.record, patch, allowCustomTrackUrl });
  if (!drafted.ok) throw new InvalidConnectionError(drafted.problems);
  const latter = drafted.record;
  const apiKey = drafted.apiKey === undefined ? undefined : await apiKeys.toStore(id, drafted.apiKey);
  if (former && apiKey === undefined && isSame(former.record, latter)) return toConnection(former.record);
  const saved = await putConnection({ redis, apiKeys, former, latter, apiKey });
  if (saved === changed || saved.ok) return saved === changed ? changed : saved.connection;
  // The name was looked for first, so whoever has it now has it since then.
  if (saved.problems.every(({ field }) => field === "name")) return changed;
  throw new InvalidConnectionError(saved.problems);
}

function isSame(former: ConnectionRecord, latter: ConnectionRecord): boolean {
  return isDeepStrictEqual({ ...latter, updatedAt: former.updatedAt }, former);
}
