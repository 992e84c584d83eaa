import { randomBytes } from "node:crypto";
import {
  defineScript,
  erasureChannel,
  erasureKeys,
  type RedisClient,
  requireNewestFormat,
} from "@customerio-router/redis";
import { allConnections } from "./erased-list.ts";
import type { Erasure } from "./erasure.ts";
import { ensureErasureCipher } from "./erasure-cipher.ts";
import { readPerson } from "./read-person.ts";

const changed = `
local function changed(version)
  redis.call('PUBLISH', '${erasureChannel}', redis.call('INCR', version))
end
`;

const ask = defineScript<number>(
  "askForErasure",
  `${changed}
   local records, list, sealed, open, version = unpack(KEYS)
   local id, record, entry, people = unpack(ARGV)
   redis.call('HSET', records, id, record)
   redis.call('HSET', list, id, entry)
   redis.call('HSET', sealed, id, people)
   redis.call('SADD', open, id)
   changed(version)
   return 1`,
);

/**
 * Calls of these people are skipped from now on. What is kept of them, the owners of the connections remove.
 * @throws OlderFormatError
 */
export async function requestErasure(options: {
  redis: RedisClient;
  secretKey: string;
  /** As a person typed it; see `readPerson`. */
  person: string;
  /** The id of a connection, or `all`. */
  connection: string;
  /** The ids of all connections. */
  existing: string[];
  suppress: boolean;
}): Promise<Erasure> {
  const { redis, connection, existing, suppress } = options;
  const people = readPerson(options.person);
  await requireNewestFormat(redis, "Erasures");
  const cipher = await ensureErasureCipher(redis, options.secretKey);
  const id = `e${randomBytes(8).toString("hex")}`;
  const erasure: Erasure = {
    id,
    requestedAt: new Date().toISOString(),
    connection,
    connections: connection === allConnections ? existing : [connection],
    suppress,
  };
  const { records, list, sealed, open, version } = erasureKeys;
  await ask(
    redis,
    [records, list, sealed, open, version],
    [
      ...[id, JSON.stringify(erasure)],
      ...[JSON.stringify({ connection, hashes: people.map(cipher.hash) }), cipher.seal(people, id)],
    ],
  );
  return erasure;
}

const addToList = defineScript<number>(
  "addToErasedList",
  `${changed}
   local list, version = unpack(KEYS)
   if redis.call('HGET', list, ARGV[1]) ~= ARGV[2] then
     redis.call('HSET', list, ARGV[1], ARGV[2])
     changed(version)
   end
   return tonumber(redis.call('GET', version))`,
);

/** Adds keys of the person that were found in a connection. @returns the version of the list that has them */
export async function addFoundPeople(
  redis: RedisClient,
  { id, connectionId, hashes }: { id: string; connectionId: string; hashes: string[] },
): Promise<number> {
  const entry = JSON.stringify({ connection: connectionId, hashes });
  return await addToList(redis, [erasureKeys.list, erasureKeys.version], [`${id}:${connectionId}`, entry]);
}

const lift = defineScript<number>(
  "liftErasure",
  `${changed}
   local records, list, sealed, open, version = unpack(KEYS)
   local id, record = ARGV[1], ARGV[2]
   if redis.call('HEXISTS', records, id) == 0 then return 0 end
   redis.call('HSET', records, id, record)
   redis.call('HDEL', list, unpack(ARGV, 3))
   redis.call('HDEL', sealed, id)
   redis.call('SREM', open, id)
   changed(version)
   return 1`,
);

/** Calls of the person are taken again. What was not yet removed stays. False when there is no such erasure. */
export async function liftErasure(redis: RedisClient, id: string): Promise<boolean> {
  const erasure = await readErasure(redis, id);
  if (erasure === undefined) return false;
  const lifted: Erasure = { ...erasure, liftedAt: erasure.liftedAt ?? new Date().toISOString() };
  const fields = [id, ...erasure.connections.map((connectionId) => `${id}:${connectionId}`)];
  const { records, list, sealed, open, version } = erasureKeys;
  await lift(redis, [records, list, sealed, open, version], [id, JSON.stringify(lifted), ...fields]);
  return true;
}

export async function readErasure(redis: RedisClient, id: string): Promise<Erasure | undefined> {
  const text = await redis.hget(erasureKeys.records, id);
  return text === null ? undefined : (JSON.parse(text) as Erasure);
}

/** All that were ever asked for, the newest first. */
export async function listErasures(redis: RedisClient): Promise<Erasure[]> {
  const erasures = (await redis.hvals(erasureKeys.records)).map((text) => JSON.parse(text) as Erasure);
  return erasures.sort((a, b) => b.requestedAt.localeCompare(a.requestedAt));
}

/** Those that are not done, the oldest first. */
export async function listOpenErasures(redis: RedisClient): Promise<Erasure[]> {
  const ids = await redis.smembers(erasureKeys.open);
  const found = await Promise.all(ids.map((id) => readErasure(redis, id)));
  return found
    .filter((erasure) => erasure !== undefined)
    .sort((a, b) => a.requestedAt.localeCompare(b.requestedAt));
}

/** It is done in all connections: the person's keys are forgotten. */
export async function closeErasure(redis: RedisClient, id: string): Promise<void> {
  await redis.hdel(erasureKeys.sealed, id);
  await redis.srem(erasureKeys.open, id);
}

/** The sealed keys that were given. Undefined once it is done or lifted. */
export async function readSealedErasure(redis: RedisClient, id: string): Promise<string | undefined> {
  return (await redis.hget(erasureKeys.sealed, id)) ?? undefined;
}
