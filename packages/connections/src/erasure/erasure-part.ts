import { FencedError, fencing, type Lease } from "@customerio-router/queue";
import { defineScript, erasureKey, fenceKey, leaseKey, type RedisClient } from "@customerio-router/redis";
import { type ErasurePart, removedNames } from "./erasure.ts";

type Field = string | number;

/** An empty value deletes its field. */
const write = defineScript<number>(
  "writeErasurePart",
  `${fencing}
   local lease, fence, part = unpack(KEYS)
   if not owns(lease, fence, ARGV[1]) then return 0 end
   for at = 2, #ARGV, 2 do
     if ARGV[at + 1] == '' then redis.call('HDEL', part, ARGV[at])
     else redis.call('HSET', part, ARGV[at], ARGV[at + 1]) end
   end
   return 1`,
);

/** What the owner of a connection has done for an erasure. An empty value deletes its field. @throws FencedError */
export async function writePart(
  redis: RedisClient,
  { lease, id }: { lease: Lease; id: string },
  fields: { [name: string]: Field },
): Promise<void> {
  const { connectionId, token } = lease;
  const keys = [leaseKey(connectionId), fenceKey(connectionId), erasureKey(connectionId, id)];
  const args = [token, ...Object.entries(fields).flat()];
  if ((await write(redis, keys, args)) !== 1) throw new FencedError(connectionId);
}

/** The field of a problem: what it is about is in the name. */
export function problemField(about: string): string {
  return `problem:${about}`;
}

export async function readPart(redis: RedisClient, connectionId: string, id: string): Promise<ErasurePart> {
  const fields = await redis.hgetall(erasureKey(connectionId, id));
  const number = (name: string) => (fields[name] === undefined ? undefined : Number(fields[name]));
  const problems = Object.entries(fields).flatMap(([name, text]): [string, string][] =>
    name.startsWith(problemField("")) ? [[name.slice(problemField("").length), text]] : [],
  );
  const part: ErasurePart = {
    searchedArchive: fields.searchedArchive !== undefined,
    problems: Object.fromEntries(problems),
    unreachable: fields.unreachable === undefined ? [] : JSON.parse(fields.unreachable),
    removed: Object.fromEntries(
      removedNames.map((name) => [name, number(name) ?? 0]),
    ) as ErasurePart["removed"],
  };
  const names = [
    "version",
    "shared",
    "sweptAtMs",
    "archivedAtMs",
    "sentAtMs",
    "compactedAtMs",
    "doneAtMs",
  ] as const;
  for (const name of names) {
    const value = number(name);
    if (value !== undefined) part[name] = value;
  }
  if (fields.keys !== undefined) part.keys = JSON.parse(fields.keys);
  return part;
}

/** The sealed keys of the person, as they were found in this connection. */
export async function readSealedPeople(
  redis: RedisClient,
  connectionId: string,
  id: string,
): Promise<string | undefined> {
  return (await redis.hget(erasureKey(connectionId, id), "sealed")) ?? undefined;
}
