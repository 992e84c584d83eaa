import type { RedisLocation } from "@customerio-router/redis";

/** The variables that say where Redis is, and what of it is this installation's. */
export const redisVariables = [
  "REDIS_URL",
  "REDIS_PREFIX",
  "REDIS_CA_FILE",
  "REDIS_CERT_FILE",
  "REDIS_KEY_FILE",
] as const;

type RedisConfig = { REDIS_URL: string } & {
  [name in Exclude<(typeof redisVariables)[number], "REDIS_URL" | "REDIS_PREFIX">]: string | undefined;
};

export function redisFromEnvironment(config: RedisConfig): RedisLocation {
  return {
    url: config.REDIS_URL,
    tls: { caFile: config.REDIS_CA_FILE, certFile: config.REDIS_CERT_FILE, keyFile: config.REDIS_KEY_FILE },
  };
}
