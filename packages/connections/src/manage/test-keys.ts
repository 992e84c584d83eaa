import type { Connection, Region } from "../connection.ts";
import { ApiKeyError } from "../keys/api-key-error.ts";
import type { ConnectionStore } from "../store/connection-store.ts";
import { checkKeys, type KeyCheck } from "./check-keys.ts";

export type KeysContext = {
  store: ConnectionStore;
  /** ALLOW_CUSTOM_TRACK_URL: without it no key is sent to a custom URL. */
  allowCustomTrackUrl: boolean;
};

type GivenKeys = {
  siteId: string;
  /** `undefined`: the stored one. */
  apiKey?: string | undefined;
  /** `undefined`: to be found from the keys. */
  region?: Region | undefined;
  /** `undefined`: Customer.io's own hosts. */
  trackUrl?: string | undefined;
};

/** Asks Customer.io whether keys are good, before they are saved; `former` is the connection that they are to change. */
export async function testKeys(
  { store, allowCustomTrackUrl }: KeysContext,
  { siteId, apiKey, region, trackUrl }: GivenKeys,
  former?: Connection,
): Promise<KeyCheck> {
  if (trackUrl !== undefined && !allowCustomTrackUrl) {
    return {
      ok: false,
      field: "trackUrl",
      message: "A custom URL is allowed only if the operator sets ALLOW_CUSTOM_TRACK_URL=true.",
    };
  }
  try {
    const key = apiKey ?? (former && (await store.apiKeyOf(former.id))) ?? "";
    return await checkKeys({ siteId, apiKey: key, region, trackUrl });
  } catch (error) {
    if (error instanceof ApiKeyError) return { ok: false, field: "apiKey", message: error.message };
    throw error;
  }
}

/** Asks Customer.io whether a connection's keys are good. */
export function testConnection(context: KeysContext, connection: Connection): Promise<KeyCheck> {
  return testKeys(context, connection, connection);
}
