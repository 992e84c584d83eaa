import { ApiKeyError, type Connection } from "@customerio-router/connections";
import type { ConnectionsContext } from "../connections-context.ts";
import type { KeyCheck, Keys } from "./check-keys.ts";
import type { ConnectionForm } from "./connection-form.ts";

export type KeysContext = Pick<ConnectionsContext, "store" | "allowCustomTrackUrl">;

export type GivenKeys = Pick<ConnectionForm, "apiKey" | "region"> & {
  input: Pick<ConnectionForm["input"], "siteId" | "trackUrl">;
};

export type ReadKeys = { ok: true; keys: Keys } | Extract<KeyCheck, { ok: false }>;

/** The keys to ask Customer.io with: those of the form, the stored API key where the form leaves it blank. */
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
