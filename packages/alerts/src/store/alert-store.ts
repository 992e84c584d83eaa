import { randomBytes } from "node:crypto";
import { alertKeys, type RedisClient } from "@customerio-router/redis";
import type { Channel, ChannelSecrets } from "../channels/channel.ts";
import { ChannelSecretError, createChannelCipher } from "../channels/channel-cipher.ts";
import { checkChannel } from "../channels/check-channel.ts";
import type { Checked } from "../problem.ts";
import { type AlertSettings, checkAlertSettings } from "../settings/alert-settings.ts";
import { checkPause, checkSilence, type Pause, type Silence } from "../silences/silence.ts";
import { readStoredAlerts, type StoredAlerts } from "./stored-alerts.ts";
import {
  deleteChannel,
  deleteSilence,
  writeChannel,
  writePause,
  writeSettings,
  writeSilence,
} from "./write-alerts.ts";

export const maxChannels = 20;
export const maxSilences = 100;

/** What people set about alerts, for pages and API alike: plain input in, problems or the saved value out. */
export type AlertStore = {
  read(): Promise<StoredAlerts>;
  /** What is left out has its default. */
  saveSettings(value: unknown): Promise<Checked<AlertSettings>>;
  /** `secret` is the webhook's own, which is shown this once. */
  createChannel(value: unknown): Promise<Checked<Channel & { secret?: string }>>;
  /** What is left out stays, secrets too; `null` takes an optional field away. Undefined when there is no such channel. */
  updateChannel(id: string, patch: object): Promise<Checked<Channel> | undefined>;
  /** False when there is none. */
  removeChannel(id: string): Promise<boolean>;
  /** @throws ChannelSecretError */
  secretsOf(stored: StoredAlerts, id: string): ChannelSecrets;
  createSilence(value: unknown): Promise<Checked<Silence>>;
  updateSilence(id: string, patch: object): Promise<Checked<Silence> | undefined>;
  removeSilence(id: string): Promise<boolean>;
  savePause(value: unknown): Promise<Checked<Pause>>;
  endPause(): Promise<void>;
};

export function createAlertStore({
  redis,
  secretKey,
}: {
  redis: RedisClient;
  secretKey: string | undefined;
}): AlertStore {
  const cipher = createChannelCipher(secretKey);
  const read = () => readStoredAlerts(redis);
  const secretsOf = ({ sealed }: StoredAlerts, id: string) => cipher.unseal(id, sealed[id] ?? "");

  async function putChannel(
    value: unknown,
    { id, createdAt, former }: { id: string; createdAt: string; former: string },
  ): Promise<Checked<{ channel: Channel; secrets: ChannelSecrets }> | "changed"> {
    const checked = checkChannel(value);
    if (!checked.ok) return checked;
    const { fields, secrets } = checked.value;
    const channel: Channel = { id, ...fields, createdAt };
    const latter = JSON.stringify(channel);
    const isWritten = await writeChannel(redis, { id, former, latter, sealed: cipher.seal(id, secrets) });
    return isWritten ? { ok: true, value: { channel, secrets } } : "changed";
  }

  /** Those that SECRET_KEY does not open are to be entered again. */
  function readableSecrets(stored: StoredAlerts, id: string): ChannelSecrets {
    try {
      return secretsOf(stored, id);
    } catch (error) {
      if (error instanceof ChannelSecretError) return {};
      throw error;
    }
  }

  async function patchChannel(id: string, patch: object): Promise<Checked<Channel> | "changed" | undefined> {
    const [stored, former] = await Promise.all([read(), redis.hget(alertKeys.channels, id)]);
    const channel = stored.channels.find((each) => each.id === id);
    if (channel === undefined || former === null) return undefined;
    const { createdAt } = channel;
    const secrets = readableSecrets(stored, id);
    const put = await putChannel(patched(channel, secrets, patch), { id, createdAt, former });
    if (put === "changed" || !put.ok) return put;
    return { ok: true, value: put.value.channel };
  }

  return {
    read,
    secretsOf,
    async saveSettings(value) {
      const checked = checkAlertSettings(value);
      if (checked.ok) await writeSettings(redis, JSON.stringify(checked.value));
      return checked;
    },
    async createChannel(value) {
      if ((await redis.hlen(alertKeys.channels)) >= maxChannels) return tooMany("channels", maxChannels);
      const put = await putChannel(value, {
        id: makeId(),
        createdAt: new Date().toISOString(),
        former: "",
      });
      if (put === "changed") throw new Error("The random id of a channel is taken");
      if (!put.ok) return put;
      const { channel, secrets } = put.value;
      return { ok: true, value: { ...channel, ...(secrets.secret && { secret: secrets.secret }) } };
    },
    async updateChannel(id, patch) {
      for (;;) {
        const result = await patchChannel(id, patch);
        if (result !== "changed") return result;
      }
    },
    removeChannel: (id) => deleteChannel(redis, id),
    async createSilence(value) {
      const checked = checkSilence(value);
      if (!checked.ok) return checked;
      await dropEndedSilences();
      if ((await redis.hlen(alertKeys.silences)) >= maxSilences) return tooMany("silences", maxSilences);
      const silence: Silence = { id: makeId(), ...checked.value };
      await writeSilence(redis, silence.id, JSON.stringify(silence));
      return { ok: true, value: silence };
    },
    async updateSilence(id, patch) {
      const text = await redis.hget(alertKeys.silences, id);
      if (text === null) return undefined;
      const { id: _id, untilMs, ...former } = JSON.parse(text) as Silence;
      const wanted = { ...former, until: new Date(untilMs).toISOString(), ...patch };
      const checked = checkSilence(withoutNulls(wanted));
      if (!checked.ok) return checked;
      const silence: Silence = { id, ...checked.value };
      await writeSilence(redis, id, JSON.stringify(silence));
      return { ok: true, value: silence };
    },
    removeSilence: (id) => deleteSilence(redis, id),
    async savePause(value) {
      const checked = checkPause(value);
      if (checked.ok) await writePause(redis, JSON.stringify(checked.value));
      return checked;
    },
    endPause: () => writePause(redis, undefined),
  };

  async function dropEndedSilences(): Promise<void> {
    const { silences } = await read();
    const ended = silences.filter(({ untilMs }) => untilMs <= Date.now());
    for (const { id } of ended) await deleteSilence(redis, id);
  }
}

/** A channel as it would be given anew. A new user or mail server gets no password that was meant for another one. */
function patched(channel: Channel, secrets: ChannelSecrets, patch: object): object {
  const { id: _id, createdAt: _createdAt, ...fields } = channel;
  const wanted = withoutNulls({ ...fields, ...secrets, ...patch });
  // A webhook's is that of its URL.
  if (fields.kind === "webhook") delete wanted.host;
  const isForAnother = (["host", "port", "user", "security"] as const).some(
    (name) => name in patch && (fields as Record<string, unknown>)[name] !== wanted[name],
  );
  if (isForAnother && !("password" in patch)) delete wanted.password;
  return wanted;
}

function withoutNulls(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function tooMany(field: "channels" | "silences", max: number): Checked<never> {
  const message = `There are ${max} ${field} already, which is the maximum: delete one first.`;
  return { ok: false, problems: [{ field: "name", message }] };
}

function makeId(): string {
  return randomBytes(8).toString("hex");
}
