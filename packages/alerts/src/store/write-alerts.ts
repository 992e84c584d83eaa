import { randomUUID } from "node:crypto";
import { alertKeys, defineScript, type RedisClient } from "@customerio-router/redis";

const { version, settings, channels, secrets, silences, pause, episode, states, outstanding } = alertKeys;

/** Higher than any before: an emptied Redis must not come to a version that somebody has seen already. */
const announce = `redis.call('SET', KEYS[1], ARGV[1], 'NX'); return redis.call('INCR', KEYS[1])`;

const setText = defineScript<number>("setAlertText", `redis.call('SET', KEYS[2], ARGV[2]); ${announce}`);
const deleteText = defineScript<number>("deleteAlertText", `redis.call('DEL', KEYS[2]); ${announce}`);

const setField = defineScript<number>(
  "setAlertField",
  `redis.call('HSET', KEYS[2], ARGV[2], ARGV[3]); ${announce}`,
);
const deleteField = defineScript<number>(
  "deleteAlertField",
  `if redis.call('HDEL', KEYS[2], ARGV[2]) == 0 then return 0 end; ${announce}`,
);

/** `former`: the record as it was read; only a channel that is still so is changed. */
const putChannel = defineScript<number>(
  "putAlertChannel",
  `local id, former, latter, sealed, episode = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
   if (redis.call('HGET', KEYS[2], id) or '') ~= former then return 0 end
   redis.call('HSET', KEYS[2], id, latter)
   redis.call('HSET', KEYS[3], id, sealed)
   redis.call('SET', KEYS[4], episode, 'NX')
   ${announce}`,
);

/** With the last channel goes what was to be told: another channel shall not hear of it years later. */
const removeChannel = defineScript<number>(
  "removeAlertChannel",
  `if redis.call('HDEL', KEYS[2], ARGV[2]) == 0 then return 0 end
   redis.call('HDEL', KEYS[3], ARGV[2])
   if redis.call('HLEN', KEYS[2]) == 0 then redis.call('DEL', KEYS[4], KEYS[5]) end
   ${announce}`,
);

export async function writeSettings(redis: RedisClient, text: string): Promise<void> {
  await setText(redis, [version, settings], [Date.now(), text]);
}

export async function writePause(redis: RedisClient, text: string | undefined): Promise<void> {
  if (text === undefined) await deleteText(redis, [version, pause], [Date.now()]);
  else await setText(redis, [version, pause], [Date.now(), text]);
}

export async function writeSilence(redis: RedisClient, id: string, text: string): Promise<void> {
  await setField(redis, [version, silences], [Date.now(), id, text]);
}

/** False when there is none. */
export async function deleteSilence(redis: RedisClient, id: string): Promise<boolean> {
  return (await deleteField(redis, [version, silences], [Date.now(), id])) !== 0;
}

/** False when it was changed meanwhile. */
export async function writeChannel(
  redis: RedisClient,
  { id, former, latter, sealed }: { id: string; former: string; latter: string; sealed: string },
): Promise<boolean> {
  const keys = [version, channels, secrets, episode];
  return (await putChannel(redis, keys, [Date.now(), id, former, latter, sealed, randomUUID()])) !== 0;
}

/** False when there is none. */
export async function deleteChannel(redis: RedisClient, id: string): Promise<boolean> {
  const keys = [version, channels, secrets, states, outstanding];
  return (await removeChannel(redis, keys, [Date.now(), id])) !== 0;
}
