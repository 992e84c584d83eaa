import { connectionKeys, type RedisClient } from "@customerio-router/redis";
import type { Connection, ConnectionInput, ConnectionPatch, MadeConnection, Saved } from "../connection.ts";
import { hasOtherSecretKey } from "../installation/require-secret-key.ts";
import { CustomUrlError } from "../keys/api-key-error.ts";
import { createApiKeys } from "../keys/api-keys.ts";
import type { WriteKeyReading } from "../keys/write-key-memory.ts";
import { planJoins } from "../sources/plan-joins.ts";
import type { Route, Source } from "../sources/source.ts";
import { byName } from "./by-name.ts";
import { commitRemoval, type SourcePart, type Stored } from "./commit.ts";
import { toConnection } from "./connection-record.ts";
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
  /** Whose write key this is. */
  findSource(writeKey: string): Promise<Source | undefined>;
  /** Where the calls of a write key go. */
  findRoute(writeKey: string): Promise<Route | undefined>;
  /** Of all sources. */
  readWriteKeys(): Promise<WriteKeyReading>;
  has(id: string): Promise<boolean>;
  /** @throws SecretKeyError without SECRET_KEY */
  create(input: ConnectionInput): Promise<Saved<MadeConnection>>;
  /**
   * Changes the given fields alone. `undefined` when there is no such connection.
   * @throws SecretKeyError when an API key is given without SECRET_KEY
   */
  update(id: string, patch: ConnectionPatch): Promise<Saved | undefined>;
  /** Changes this setting alone. `undefined` when there is no such connection. */
  setDelivery(id: string, delivery: "live" | "shadow"): Promise<Saved | undefined>;
  /**
   * False when there is no such connection. Its queue is not touched. With it goes its own source, if that feeds no other
   * connection; other sources go on without it.
   */
  remove(id: string): Promise<boolean>;
  /**
   * What leads to a workspace, for a request to it.
   * @throws ApiKeyError, whose message says what to do: SecretKeyError when none is known, SECRET_KEY is missing or another
   * one sealed it; CustomUrlError when the connection names a host of its own without ALLOW_CUSTOM_TRACK_URL
   */
  apiKeyOf(id: string): Promise<string>;
  /**
   * Sees to it that the connection of this name is as the environment says, from any number of processes at once. A write key
   * or settings left out stay as they are. A write key that its own source does not have replaces those that it has. Without SECRET_KEY, or with one that is not the installation's, the API key is
   * not stored: this process alone knows it.
   * @throws InvalidConnectionError
   */
  ensure(fromEnvironment: ConnectionInput): Promise<MadeConnection>;
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
  async function put(id: string, former: Stored, patch: ConnectionPatch): Promise<Saved | typeof changed> {
    const drafted = draftRecord({ id, former: former.record, patch, allowCustomTrackUrl });
    if (!drafted.ok) return drafted;
    return putConnection({ redis, apiKeys, former, latter: drafted.record, apiKey: drafted.apiKey });
  }

  /** One try to make a connection, fed by a source of its own or by chosen ones. */
  async function make({
    sources: sourceIds,
    ...input
  }: ConnectionInput): Promise<Saved<MadeConnection> | typeof changed> {
    const id = makeConnectionId();
    const hasOwnSource = sourceIds === undefined;
    const drafted = draftRecord({ id, former: undefined, patch: input, hasOwnSource, allowCustomTrackUrl });
    if (!drafted.ok) return drafted;
    // Nothing feeds a new one: looking for it would read all connections.
    const plan = hasOwnSource ? { sources: [], connections: [] } : await planJoins(stored, id, sourceIds);
    if ("problems" in plan) return plan;
    const { record: latter, apiKey } = drafted;
    const saved = await putConnection({ redis, apiKeys, former: undefined, latter, apiKey, more: plan });
    if (saved === changed || !saved.ok) return saved;
    const writeKey = latter.writeKey ?? plan.sources[0]?.latter?.writeKeys.at(-1)?.key ?? "";
    return { ok: true, connection: { ...saved.connection, writeKey } };
  }

  /** One try to remove a connection from its record and from the sources that feed it. */
  async function erase(id: string): Promise<boolean | typeof changed> {
    const former = await stored.byId(id);
    if (former === undefined) return false;
    const { sources } = await stored.all();
    const fed = sources.filter(({ source }) => source.connections.includes(id));
    const parts = fed.map((one): SourcePart => {
      const connections = one.source.connections.filter((other) => other !== id);
      const isOwn = one.source.id === id && connections.length === 0;
      return { former: one, latter: isOwn ? undefined : { ...one.source, connections } };
    });
    const isRemoved = await commitRemoval(redis, {
      connections: [{ former, latter: undefined }],
      sources: parts,
    });
    return isRemoved || changed;
  }

  return {
    async list() {
      const connections = (await stored.all()).stored.map(({ record }) => toConnection(record));
      return connections.sort(byName);
    },
    listBroken: async () => (await stored.all()).broken,
    get: async (id) => connectionOf(await stored.byId(id)),
    findByName: async (name) => connectionOf(await stored.byName(name)),
    findSource: stored.sourceByWriteKey,
    findRoute: stored.routeOf,
    readWriteKeys: stored.readWriteKeys,
    has: stored.has,
    create: (input) => untilUnchanged(() => make(input)),
    update: (id, patch) =>
      untilUnchanged(async () => {
        const former = await stored.byId(id);
        return former && put(id, former, patch);
      }),
    setDelivery: (id, delivery) =>
      untilUnchanged(async () => {
        const former = await stored.byId(id);
        return former && put(id, former, { settings: { ...former.record.settings, delivery } });
      }),
    remove: (id) => untilUnchanged(() => erase(id)),
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
