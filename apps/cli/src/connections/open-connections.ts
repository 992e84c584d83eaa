import { requireSecretKey } from "@customerio-router/connections";
import { readEnvironment, redisFromEnvironment, redisVariables } from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { type OpenStore, openStore } from "../open-store.ts";

export const storeVariables = [...redisVariables, "SECRET_KEY", "ALLOW_CUSTOM_TRACK_URL"] as const;

export type OpenConnections = OpenStore & { secretKey: string | undefined; allowCustomTrackUrl: boolean };

/** The connections of the installation that SECRET_KEY belongs to. @throws when it belongs to another one */
export async function openConnections(environment: Environment): Promise<OpenConnections> {
  const config = readEnvironment(environment, storeVariables);
  const { SECRET_KEY: secretKey, ALLOW_CUSTOM_TRACK_URL: allowCustomTrackUrl } = config;
  const open = await openStore({ ...redisFromEnvironment(config), secretKey, allowCustomTrackUrl });
  try {
    await requireSecretKey(open.redis, secretKey);
    return { ...open, secretKey, allowCustomTrackUrl };
  } catch (error) {
    await open[Symbol.asyncDispose]();
    throw error;
  }
}
