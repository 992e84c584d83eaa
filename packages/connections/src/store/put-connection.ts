import type { RedisClient } from "@customerio-router/redis";
import type { ConnectionProblem, Saved } from "../connection.ts";
import type { ApiKeys } from "../keys/api-keys.ts";
import { type ConnectionRecord, toConnection } from "./connection-record.ts";
import { putRecord, type Stored } from "./connection-scripts.ts";

/** Somebody else changed the connection meanwhile: read it again and decide again. */
export const changed = "changed";

/** How often a write is tried anew because others change the same connection at the same moment. */
const maxTries = 20;

type Put = {
  redis: RedisClient;
  apiKeys: ApiKeys;
  /** What the change was decided on; `undefined`: there was none. */
  former: Stored | undefined;
  latter: ConnectionRecord;
  /** To be sealed; `undefined` leaves the stored one alone. */
  apiKey: string | undefined;
};

/** @throws SecretKeyError when an API key is given without SECRET_KEY */
export async function putConnection({
  redis,
  apiKeys,
  former,
  latter,
  apiKey,
}: Put): Promise<Saved | typeof changed> {
  const sealed = apiKey === undefined ? {} : { sealedApiKey: apiKeys.seal(latter.id, apiKey) };
  const result = await putRecord(redis, { former, latter, ...sealed });
  if (result === changed) return changed;
  return result === "put"
    ? { ok: true, connection: toConnection(latter) }
    : { ok: false, problems: [takenProblems[result]] };
}

/** Tries until nobody else changed the connection between reading and writing. */
export async function untilUnchanged<T>(attempt: () => Promise<T | typeof changed>): Promise<T> {
  for (let tries = 0; tries < maxTries; tries++) {
    const result = await attempt();
    if (result !== changed) return result as T;
  }
  throw new Error(`others changed the connection ${maxTries} times in a row`);
}

const takenProblems: Record<"name-taken" | "write-key-taken", ConnectionProblem> = {
  "name-taken": { field: "name", message: "Another connection has this name." },
  "write-key-taken": { field: "writeKey", message: "Another connection has this write key." },
};
