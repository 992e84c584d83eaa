import type { Connection, ConnectionInput, Region } from "../connection.ts";
import { ApiKeyError } from "../keys/api-key-error.ts";
import type { ConnectionStore } from "../store/connection-store.ts";
import type { KeyCheck, Keys } from "./check-keys.ts";

export type KeysContext = { store: ConnectionStore; allowCustomTrackUrl: boolean };

export type GivenKeys = {
  input: Pick<ConnectionInput, "siteId" | "trackUrl">;
  /** Blank: the stored one. */
  apiKey: string;
  /** `undefined`: to be found from the keys. */
  region: Region | undefined;
};

type ReadKeys = { ok: true; keys: Keys } | Extract<KeyCheck, { ok: false }>;

/** The keys to ask Customer.io with: those that are given, and the stored API key where it is blank. */
export async function readKeys(
  { store, allowCustomTrackUrl }: KeysContext,
  { input: { siteId, trackUrl }, apiKey, region }: GivenKeys,
  former?: Connection,
): Promise<ReadKeys> {
  if (trackUrl !== undefined && !allowCustomTrackUrl) {
    return {
      ok: false,
      field: "trackUrl",
      message: "A custom URL is allowed only if the operator sets ALLOW_CUSTOM_TRACK_URL=true.",
    };
  }
  try {
    const key = apiKey === "" && former ? await store.apiKeyOf(former.id) : apiKey;
    return { ok: true, keys: { siteId, apiKey: key, region, trackUrl } };
  } catch (error) {
    if (error instanceof ApiKeyError) return { ok: false, field: "apiKey", message: error.message };
    throw error;
  }
}
