import { alertKeys, defineScript, type RedisClient } from "@customerio-router/redis";
import type { Channel } from "../channels/channel.ts";
import { type AlertSettings, checkAlertSettings, defaultAlertSettings } from "../settings/alert-settings.ts";
import type { Pause, Silence } from "../silences/silence.ts";

/** Everything about alerts that people set, secrets sealed. */
export type StoredAlerts = {
  /** Null where nothing was ever set, or Redis lost its data. */
  version: string | null;
  settings: AlertSettings;
  channels: Channel[];
  /** By the ids of channels. */
  sealed: Record<string, string>;
  silences: Silence[];
  pause: Pause | undefined;
  /** Names the next outage of Redis. */
  episode: string | undefined;
};

export const noAlerts: StoredAlerts = {
  version: null,
  settings: defaultAlertSettings,
  channels: [],
  sealed: {},
  silences: [],
  pause: undefined,
  episode: undefined,
};

type Read = [
  version: string | null,
  settings: string | null,
  channels: string[],
  secrets: string[],
  silences: string[],
  pause: string | null,
  episode: string | null,
];

const read = defineScript<Read>(
  "readAlerts",
  `return { redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2]), redis.call('HVALS', KEYS[3]), redis.call('HGETALL', KEYS[4]),
     redis.call('HVALS', KEYS[5]), redis.call('GET', KEYS[6]), redis.call('GET', KEYS[7]) }`,
);

/** All of it at one moment. */
export async function readStoredAlerts(redis: RedisClient): Promise<StoredAlerts> {
  const { version, settings, channels, secrets, silences, pause, episode } = alertKeys;
  const keys = [version, settings, channels, secrets, silences, pause, episode];
  const [ofVersion, ofSettings, ofChannels, ofSecrets, ofSilences, ofPause, ofEpisode] = await read(
    redis,
    keys,
    [],
  );
  return {
    version: ofVersion,
    settings: readSettings(ofSettings),
    channels: ofChannels.map((text) => JSON.parse(text) as Channel).sort(byName),
    sealed: Object.fromEntries(
      ofSecrets.flatMap((id, index) => (index % 2 === 0 ? [[id, ofSecrets[index + 1] as string]] : [])),
    ),
    silences: ofSilences
      .map((text) => JSON.parse(text) as Silence)
      .sort((one, other) => one.untilMs - other.untilMs),
    pause: ofPause === null ? undefined : (JSON.parse(ofPause) as Pause),
    episode: ofEpisode ?? undefined,
  };
}

function byName(one: Channel, other: Channel): number {
  return one.name.localeCompare(other.name);
}

/** Those of another version that do not fit count as not set. */
function readSettings(text: string | null): AlertSettings {
  if (text === null) return defaultAlertSettings;
  const checked = checkAlertSettings(JSON.parse(text));
  return checked.ok ? checked.value : defaultAlertSettings;
}

/** Reads everything again only once it has changed. */
export function createAlertReader(
  redis: RedisClient,
  formerly: StoredAlerts = noAlerts,
): () => Promise<StoredAlerts> {
  let known = formerly;
  return async () => {
    if ((await redis.get(alertKeys.version)) !== known.version) known = await readStoredAlerts(redis);
    return known;
  };
}
