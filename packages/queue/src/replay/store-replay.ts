import { randomBytes } from "node:crypto";
import {
  defineScript,
  goneKey,
  type RedisClient,
  replayKey,
  replayOutcomesKey,
  replaysKeys,
  requireNewestFormat,
} from "@customerio-router/redis";
import { ConnectionGoneError } from "../add/job-adder.ts";
import { wake } from "../wake.ts";
import type { Replay, ReplayFile, ReplayFilter, ReplayState, ReplayWish } from "./replay.ts";

/** A replay is known this long after its last change, as the ledger knows days. */
const keptMs = 90 * 24 * 60 * 60 * 1000;
/** Of each connection; the oldest that have ended give way. */
const maxReplays = 100;

const create = defineScript<number>(
  "createReplay",
  `local gone, replay, all, running = unpack(KEYS)
   local id, nowMs, isOwners, prefix, outcomesPrefix = unpack(ARGV)
   if redis.call('EXISTS', gone) == 1 then return 0 end
   redis.call('HSET', replay, unpack(ARGV, 6))
   redis.call('PEXPIRE', replay, ${keptMs})
   redis.call('ZADD', all, nowMs, id)
   if isOwners == '1' then redis.call('SADD', running, id) end
   for _, oldest in ipairs(redis.call('ZRANGE', all, 0, -${maxReplays + 1})) do
     local state = redis.call('HGET', prefix .. oldest, 'state')
     if state ~= 'running' and state ~= 'paused' then
       redis.call('ZREM', all, oldest)
       redis.call('UNLINK', prefix .. oldest, outcomesPrefix .. oldest)
     end
   end
   return 1`,
);

/** Changes the state from one of those that the new one may follow. Gives the state there is then; nothing without a replay. */
const change = defineScript<string | null>(
  "changeReplay",
  `local replay, running = unpack(KEYS)
   local id, state, nowMs, isEnd = unpack(ARGV)
   local former = redis.call('HGET', replay, 'state')
   if not former then return false end
   for at = 5, #ARGV do
     if ARGV[at] == former then
       redis.call('HSET', replay, 'state', state)
       redis.call('HDEL', replay, 'note')
       if isEnd == '1' then redis.call('HSET', replay, 'endedAtMs', nowMs) end
       redis.call('PEXPIRE', replay, ${keptMs})
       if state == 'running' and not redis.call('HGET', replay, 'file') then redis.call('SADD', running, id)
       else redis.call('SREM', running, id) end
       return state
     end
   end
   return former`,
);

/** Starts a replay into a connection: its owner runs it. @throws ConnectionGoneError, OlderFormatError */
export async function startReplay(
  redis: RedisClient,
  connectionId: string,
  wish: ReplayWish,
): Promise<Replay> {
  await requireNewestFormat(redis, "Replays");
  const createdAtMs = Date.now();
  const id = `r${createdAtMs.toString(36)}${randomBytes(3).toString("hex")}`;
  const { sourceId, file, filter, withState, asNew, startedBy, expected } = wish;
  const fields = {
    state: "running",
    createdAtMs: String(createdAtMs),
    ...(sourceId !== undefined && { sourceId }),
    ...(file && { file: JSON.stringify(file) }),
    filter: JSON.stringify(filter),
    withState: withState ? "1" : "0",
    asNew: asNew ? "1" : "0",
    startedBy,
    ...(expected !== undefined && { expected: String(expected) }),
  };
  const { all, running } = replaysKeys(connectionId);
  const isCreated = await create(
    redis,
    [goneKey(connectionId), replayKey(connectionId, id), all, running],
    [
      ...[id, createdAtMs, file ? 0 : 1, replayKey(connectionId, ""), replayOutcomesKey(connectionId, "")],
      ...Object.entries(fields).flat(),
    ],
  );
  if (isCreated !== 1) throw new ConnectionGoneError(connectionId);
  await wake(redis, connectionId);
  return readFields(connectionId, id, fields, {});
}

/** What people may wish, and the states in which they may. */
const wishes = {
  pause: { state: "paused", from: ["running"] },
  resume: { state: "running", from: ["paused", "failed"] },
  cancel: { state: "cancelled", from: ["running", "paused", "failed"] },
} as const satisfies { [wish: string]: { state: ReplayState; from: readonly ReplayState[] } };
export type ReplayChange = keyof typeof wishes;

/** Writes the wish. @returns the state there is now, another one where the replay had ended; undefined where there is none. */
export async function changeReplay(
  redis: RedisClient,
  { connectionId, id }: Pick<Replay, "connectionId" | "id">,
  wish: ReplayChange,
): Promise<ReplayState | undefined> {
  const { state, from } = wishes[wish];
  const now = await changeState(redis, { connectionId, id, state, from });
  await wake(redis, connectionId);
  return now;
}

/** Ends a replay that runs. */
export async function endReplay(
  redis: RedisClient,
  { connectionId, id }: Pick<Replay, "connectionId" | "id">,
  end: { state: "done" } | { state: "failed"; note: string },
): Promise<void> {
  const { state } = end;
  const now = await changeState(redis, { connectionId, id, state, from: ["running"] });
  if (now === "failed" && end.state === "failed") await noteOfReplay(redis, { connectionId, id }, end.note);
}

/** Says why a replay waits; empty when it does not. */
export async function noteOfReplay(
  redis: RedisClient,
  { connectionId, id }: Pick<Replay, "connectionId" | "id">,
  note: string,
): Promise<void> {
  const key = replayKey(connectionId, id);
  // One that is forgotten must not come back as a note alone.
  if ((await redis.exists(key)) === 1) await redis.hset(key, "note", note);
}

async function changeState(
  redis: RedisClient,
  options: { connectionId: string; id: string; state: ReplayState; from: readonly ReplayState[] },
): Promise<ReplayState | undefined> {
  const { connectionId, id, state, from } = options;
  const isEnd = state === "done" || state === "cancelled" || state === "failed";
  const keys = [replayKey(connectionId, id), replaysKeys(connectionId).running];
  const now = await change(redis, keys, [id, state, Date.now(), isEnd ? 1 : 0, ...from]);
  return (now ?? undefined) as ReplayState | undefined;
}

/** The replays that a connection's owner runs, oldest first. */
export async function runningReplays(redis: RedisClient, connectionId: string): Promise<string[]> {
  // An id begins with its time.
  return (await redis.smembers(replaysKeys(connectionId).running)).sort();
}

export async function readReplay(
  redis: RedisClient,
  connectionId: string,
  id: string,
): Promise<Replay | undefined> {
  const [fields, outcomes] = await Promise.all([
    redis.hgetall(replayKey(connectionId, id)),
    redis.hgetall(replayOutcomesKey(connectionId, id)),
  ]);
  return fields.state === undefined ? undefined : readFields(connectionId, id, fields, outcomes);
}

/** The replays into a connection, newest first. */
export async function listReplays(redis: RedisClient, connectionId: string): Promise<Replay[]> {
  const ids = await redis.zrevrange(replaysKeys(connectionId).all, 0, -1);
  const replays = await Promise.all(ids.map((id) => readReplay(redis, connectionId, id)));
  return replays.filter((replay) => replay !== undefined);
}

/** Removes what is known of a connection's replays. */
export async function removeReplays(redis: RedisClient, connectionId: string): Promise<void> {
  const { all, running } = replaysKeys(connectionId);
  const ids = await redis.zrange(all, 0, -1);
  const keys = ids.flatMap((id) => [replayKey(connectionId, id), replayOutcomesKey(connectionId, id)]);
  await redis.unlink(all, running, ...keys);
}

type Fields = { [name: string]: string };

function readFields(connectionId: string, id: string, fields: Fields, outcomes: Fields): Replay {
  const { sourceId, file, expected, endedAtMs, note } = fields;
  const count = (text: string | undefined) => Number(text ?? 0);
  return {
    id,
    connectionId,
    state: fields.state as ReplayState,
    ...(sourceId !== undefined && { sourceId }),
    ...(file !== undefined && { file: JSON.parse(file) as ReplayFile }),
    filter: JSON.parse(fields.filter ?? "{}") as ReplayFilter,
    withState: fields.withState === "1",
    asNew: fields.asNew === "1",
    startedBy: fields.startedBy ?? "",
    ...(expected !== undefined && { expected: Number(expected) }),
    cursor: fields.cursor ?? "",
    createdAtMs: count(fields.createdAtMs),
    ...(endedAtMs !== undefined && { endedAtMs: Number(endedAtMs) }),
    ...(note && { note }),
    read: count(fields.read),
    added: count(fields.added),
    leftOut: Object.fromEntries(
      Object.entries(fields).flatMap(([name, value]) =>
        name.startsWith("left-out:") ? [[name.slice("left-out:".length), Number(value)]] : [],
      ),
    ),
    outcomes: {
      delivered: count(outcomes.delivered),
      skipped: count(outcomes.skipped),
      rejected: count(outcomes.rejected),
    },
  };
}
