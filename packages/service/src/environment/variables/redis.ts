import { defaultKeyPrefix } from "@customerio-router/redis";
import type { EnvironmentVariable } from "../environment-variable.ts";
import { certificateFile, keyFile } from "../pem-files.ts";
import { redisPrefix, redisUrl, wholeNumber } from "../value-schemas.ts";

/** Where Redis is, and what of it is this installation's. */
export const redisServerVariables = {
  REDIS_URL: {
    description:
      "URL of Redis: `redis://` or `rediss://` (TLS), a comma-separated list of a cluster's nodes, `redis+cluster://`, `redis+sentinel://`, or `unix://`; `docs/redis.md` has each form. Without it `npm start` runs its own",
    whenMissing:
      "set the URL of your Redis, such as redis://127.0.0.1:6379; `npm start` runs one of its own.",
    required: true,
    secret: true,
    schema: redisUrl(),
  },
  REDIS_PREFIX: {
    description:
      "What every key and channel in Redis begins with. Installations that share a database need one each, the same for all processes of one",
    default: defaultKeyPrefix,
    schema: redisPrefix(),
  },
  REDIS_WAIT_REPLICAS: {
    description:
      "Replicas of Redis that must have a message before its caller gets 2xx; with fewer the caller gets 429, and the message counts once when it is sent again. `0` waits for none",
    default: "0",
    schema: wholeNumber(),
  },
  REDIS_CA_FILE: {
    description:
      "File with the CA certificates (PEM) that Redis's certificate is verified with, instead of those Node knows; needs TLS in `REDIS_URL`",
    schema: certificateFile(),
  },
  REDIS_CERT_FILE: {
    description: "File with the client certificate (PEM) for a Redis that requires one",
    schema: certificateFile(),
  },
  REDIS_KEY_FILE: {
    description: "File with the unencrypted private key (PEM) of that certificate",
    schema: keyFile(),
  },
} as const satisfies Record<string, EnvironmentVariable>;
