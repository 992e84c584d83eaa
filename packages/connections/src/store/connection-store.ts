import { connectionKeys, type RedisClient } from "@customerio-router/redis";
import type { Connection, ConnectionInput, ConnectionPatch, Saved } from "../connection.ts";
import { hasOtherSecretKey } from "../installation/require-secret-key.ts";
import { CustomUrlError } from "../keys/api-key-error.ts";
import { createApiKeys } from "../keys/api-keys.ts";
import type { WriteKeyReading } from "../keys/write-key-memory.ts";
import { toConnection } from "./connection-record.ts";
import { eraseRecord, type Stored } from "./connection-scripts.ts";
import { draftRecord } from "./draft-record.ts";
import { ensureConnection } from "./ensure-connection.ts";
import { makeConnectionId } from "./identity.ts";
import { changed, putConnection, untilUnchanged } from "./put-connection.ts";
import { type BrokenConnection, createStoredConnections } from "./stored-connections.ts";
import { type ConnectionWatch, type OnConnectionChange, watchConnections } from "./watch-connections.ts";

export type ConnectionStoreOptions = {
  redis: RedisClient;
  /** SECRET_KEY. Without it API keys can be neither stored nor read; everything else works. */
  secretKey?: string | undefined;
  /** ALLOW_CUSTOM_TRACK_URL; default false. */
  allowCustomTrackUrl?: boolean | undefined;
};

export type ConnectionStore = {
  /** All connections that can be read, by name. */
  list(): Promise<Connection[]>;
  /** Those that cannot: edited by hand, or written by another version. */
  listBroken(): Promise<BrokenConnection[]>;
  get(id: string): Promise<Connection | undefined>;
  /** Without regard to case. */
  findByName(name: string): Promise<Connection | undefined>;
  findByWriteKey(writeKey: string): Promise<Connection | undefined>;
  /** Of all connections. */
  readWriteKeys(): Promise<WriteKeyReading>;
  has(id: string): Promise<boolean>;
  /** @throws SecretKeyError without SECRET_KEY */
  create(input: ConnectionInput): Promise<Saved>;
  /**
   * Changes the given fields alone. `undefined` when there is no such connection.
   * @throws SecretKeyError when an API key is given without SECRET_KEY
   */
  update(id: string, patch: ConnectionPatch): Promise<Saved | undefined>;
  /** False when there is no such connection. Its queue is not touched. */
  remove(id: string): Promise<boolean>;
  /**
   * What leads to a workspace, for a request to it.
   * @throws ApiKeyError, whose message says what to do: SecretKeyError when none is known, SECRET_KEY is missing or another
   * one sealed it; CustomUrlError when the connection names a host of its own without ALLOW_CUSTOM_TRACK_URL
   */
  apiKeyOf(id: string): Promise<string>;
  /**
   * Sees to it that the connection of this name is as the environment says, from any number of processes at once. A write key
   * or settings left out stay as they are. Without SECRET_KEY, or with one that is not the installation's, the API key is
   * not stored: this process alone knows it.
   * @throws InvalidConnectionError
   */
  ensure(fromEnvironment: ConnectionInput): Promise<Connection>;
  /** One more with every change of any connection. */
  version(): Promise<number>;
  watch(onChange: OnConnectionChange): ConnectionWatch;
};

/** The connections as Redis keeps them, API keys sealed. */
export function createConnectionStore(options: ConnectionStoreOptions): ConnectionStore {
  const { redis, secretKey, allowCustomTrackUrl = false } = options;
  const stored = createStoredConnections(redis);
  const apiKeys = createApiKeys({ redis, secretKey });
  const unstoredApiKeys = createApiKeys({ redis, secretKey: undefined });

  /** One try to write a connection as it stands after a patch. */
  async function put(
    id: string,
    former: Stored | undefined,
    patch: ConnectionPatch,
  ): Promise<Saved | typeof changed> {
    const drafted = draftRecord({ id, former: former?.record, patch, allowCustomTrackUrl });
    if (!drafted.ok) return drafted;
    return putConnection({ redis, apiKeys, former, latter: drafted.record, apiKey: drafted.apiKey });
  }

  return {
    async list() {
      const connections = (await stored.all()).stored.map(({ record }) => toConnection(record));
      return connections.sort((one, other) => one.name.localeCompare(other.name));
    },
    listBroken: async () => (await stored.all()).broken,
    get: async (id) => connectionOf(await stored.byId(id)),
    findByName: async (name) => connectionOf(await stored.byName(name)),
    findByWriteKey: async (writeKey) => connectionOf(await stored.byWriteKey(writeKey)),
    readWriteKeys: stored.readWriteKeys,
    has: stored.has,
    create: (input) => untilUnchanged(() => put(makeConnectionId(), undefined, input)),
    update: (id, patch) =>
      untilUnchanged(async () => {
        const former = await stored.byId(id);
        return former && put(id, former, patch);
      }),
    remove: (id) =>
      untilUnchanged(async () => {
        const former = await stored.byId(id);
        return former !== undefined && ((await eraseRecord(redis, former)) === changed ? changed : true);
      }),
    async apiKeyOf(id) {
      const found = await stored.byId(id);
      if (found?.record.trackUrl !== undefined && !allowCustomTrackUrl) throw new CustomUrlError();
      return apiKeys.of(id);
    },
    async ensure(fromEnvironment) {
      const isForeign = secretKey !== undefined && (await hasOtherSecretKey(redis, secretKey));
      const context = {
        redis,
        stored,
        apiKeys: isForeign ? unstoredApiKeys : apiKeys,
        allowCustomTrackUrl,
      };
      return untilUnchanged(() => ensureConnection(context, fromEnvironment));
    },
    version: async () => Number((await redis.get(connectionKeys.version)) ?? 0),
    watch: (onChange) => watchConnections(redis, onChange),
  };
}

function connectionOf(found: Stored | undefined): Connection | undefined {
  return found && toConnection(found.record);
}
