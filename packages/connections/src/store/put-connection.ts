import type { RedisClient } from "@customerio-router/redis";
import type { ConnectionProblem, Saved } from "../connection.ts";
import type { ApiKeys } from "../keys/api-keys.ts";
import { type ConnectionPart, commit, type RefusedCommit, type SourcePart, type Stored } from "./commit.ts";
import { type ConnectionRecord, toConnection } from "./connection-record.ts";

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
  /** Changed in the same step. */
  more?: { sources: SourcePart[]; connections?: ConnectionPart[] };
};

/** @throws SecretKeyError when an API key is given without SECRET_KEY */
export async function putConnection({
  redis,
  apiKeys,
  former,
  latter,
  apiKey,
  more: { sources = [], connections = [] } = { sources: [] },
}: Put): Promise<Saved | typeof changed> {
  const sealedApiKey = apiKey === undefined ? undefined : apiKeys.seal(latter.id, apiKey);
  const result = await commit(redis, {
    connections: [{ former, latter, sealedApiKey }, ...connections],
    sources,
  });
  if (result === changed) return changed;
  return result === "committed"
    ? { ok: true, connection: toConnection(latter) }
    : { ok: false, problems: [connectionProblems[result]] };
}

/** Tries until nobody else changed the connection between reading and writing. */
export async function untilUnchanged<T>(attempt: () => Promise<T | typeof changed>): Promise<T> {
  for (let tries = 0; tries < maxTries; tries++) {
    const result = await attempt();
    if (result !== changed) return result as T;
  }
  throw new Error(`others changed the same record ${maxTries} times in a row`);
}

export const nameTaken: ConnectionProblem = { field: "name", message: "Another connection has this name." };

const connectionProblems: Record<RefusedCommit, ConnectionProblem> = {
  "name-taken": nameTaken,
  "source-name-taken": {
    field: "name",
    message:
      "A source has this name, and a new connection gets a source of its own name: choose another name, or choose that source in `sources`.",
  },
  "write-key-taken": { field: "writeKey", message: "Another source has this write key." },
  "no-connection": { field: "sources", message: "One of the sources was deleted meanwhile." },
};
