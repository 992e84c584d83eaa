import { randomBytes } from "node:crypto";
import { connectionKeys, type RedisClient } from "@customerio-router/redis";
import { removeRefused } from "@customerio-router/reports";
import type { ConnectionProblem } from "../connection.ts";
import { byName } from "../store/by-name.ts";
import { commit, commitRemoval, type RefusedCommit, type SourcePart } from "../store/commit.ts";
import { makeConnectionId, makeWriteKey, writeKeyHash } from "../store/identity.ts";
import { changed, untilUnchanged } from "../store/put-connection.ts";
import { createStoredConnections } from "../store/stored-connections.ts";
import { leaveRecords, planJoins } from "./plan-joins.ts";
import {
  maxWriteKeys,
  type SavedSource,
  type SavedWriteKey,
  type Source,
  type SourceInput,
  type SourcePatch,
  type SourceState,
  sourceStateOf,
  type WriteKey,
} from "./source.ts";
import { ownSource } from "./source-record.ts";
import { validateSource } from "./validate-source.ts";

/** A write key as it is shown. */
export type UsedWriteKey = WriteKey & {
  /** ISO 8601; null: never, as far back as anybody wrote it down. */
  lastUsedAt: string | null;
};

/** A source as it is shown. */
export type ShownSource = Omit<Source, "writeKeys"> & { writeKeys: UsedWriteKey[]; state: SourceState };

export type SourceStore = {
  /** All sources that can be read, by name. */
  list(): Promise<ShownSource[]>;
  get(id: string): Promise<ShownSource | undefined>;
  /** Without regard to case. */
  findByName(name: string): Promise<Source | undefined>;
  /** Those that feed a connection, by name. */
  ofConnection(connectionId: string): Promise<ShownSource[]>;
  create(input: SourceInput): Promise<SavedSource>;
  /** Changes the given fields alone. `undefined` when there is no such source. */
  update(id: string, patch: SourcePatch): Promise<SavedSource | undefined>;
  /** False when there is no such source. Its callers are refused from then on. */
  remove(id: string): Promise<boolean>;
  /** Adds a write key: a given one, or one made from random bytes. */
  addWriteKey(id: string, key?: string): Promise<SavedWriteKey | undefined>;
  /** Its callers are refused from then on. `undefined` when there is no such source or key. */
  retireWriteKey(id: string, keyId: string): Promise<SavedSource | undefined>;
  /** These sources and no others feed the connection. `undefined` when there is no such connection. */
  feed(
    connectionId: string,
    sourceIds: readonly string[] | undefined,
  ): Promise<{ ok: true } | Problems | undefined>;
};

type Problems = { ok: false; problems: ConnectionProblem[] };

/** The sources as Redis keeps them. */
export function createSourceStore(redis: RedisClient): SourceStore {
  const stored = createStoredConnections(redis);

  async function readAll(): Promise<Source[]> {
    const { stored: connections, sources } = await stored.all();
    const known = new Set(sources.map(({ source }) => source.id));
    const own = connections.flatMap(({ record }) => (known.has(record.id) ? [] : (ownSource(record) ?? [])));
    return [...sources.map(({ source }) => source), ...own].sort(byName);
  }

  async function withUses(sources: Source[]): Promise<ShownSource[]> {
    const hashes = sources.flatMap(({ writeKeys }) => writeKeys.map(({ key }) => writeKeyHash(key)));
    if (hashes.length === 0) return [];
    const times = await redis.hmget(connectionKeys.writeKeyUses, ...hashes);
    const usedAt = new Map(hashes.map((hash, index) => [hash, times[index] ?? null]));
    const show = (writeKey: WriteKey): UsedWriteKey => {
      const at = usedAt.get(writeKeyHash(writeKey.key)) ?? null;
      return { ...writeKey, lastUsedAt: at === null ? null : new Date(Number(at)).toISOString() };
    };
    return sources.map((source) => ({
      ...source,
      writeKeys: source.writeKeys.map(show),
      state: sourceStateOf(source),
    }));
  }

  /** One try to write a source as `change` makes it: a connection's own source leaves the connection's record with that. */
  async function changeOnce(
    id: string,
    change: (source: Source) => Source | Problems,
  ): Promise<SavedSource | undefined | typeof changed> {
    const found = await stored.source(id);
    if (found === undefined) return undefined;
    const latter = change(found.source);
    if ("problems" in latter) return latter;
    return put({ former: found.stored, latter: { ...latter, updatedAt: new Date().toISOString() } });
  }

  async function put(part: SourcePart & { latter: Source }): Promise<SavedSource | typeof changed> {
    const result = await commit(redis, { connections: await leaveRecords(stored, [part]), sources: [part] });
    if (result === changed) return changed;
    if (result === "committed") return { ok: true, source: part.latter };
    return { ok: false, problems: [sourceProblems[result]] };
  }

  return {
    list: async () => withUses(await readAll()),
    async get(id) {
      const found = await stored.source(id);
      return found && (await withUses([found.source]))[0];
    },
    findByName: stored.sourceByName,
    async ofConnection(connectionId) {
      return withUses((await readAll()).filter(({ connections }) => connections.includes(connectionId)));
    },

    create(input) {
      return untilUnchanged(async () => {
        const checked = validateSource(input);
        if (!checked.ok) return checked;
        const { writeKey = makeWriteKey(), ...draft } = checked.draft;
        const now = new Date().toISOString();
        const source: Source = {
          id: `s${makeConnectionId().slice(1)}`,
          ...draft,
          writeKeys: [makeKey(writeKey)],
          createdAt: now,
          updatedAt: now,
        };
        return put({ former: undefined, latter: source });
      });
    },

    update(id, patch) {
      return untilUnchanged(() =>
        changeOnce(id, (source) => {
          const { name, kind, origins, connections, messagesPerSecond, paused } = source;
          const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
          const checked = validateSource({
            ...{ name, kind, origins, connections, messagesPerSecond, paused },
            ...given,
          });
          if (!checked.ok) return checked;
          const { writeKey, ...draft } = checked.draft;
          return writeKey === undefined ? { ...source, ...draft } : problem("writeKey", keysApart);
        }),
      );
    },

    remove(id) {
      return untilUnchanged(async () => {
        const found = await stored.source(id);
        if (found === undefined) return false;
        const former = found.stored;
        const connections = former ? [] : await leaveRecords(stored, [{ former, latter: found.source }]);
        const sources = former ? [{ former, latter: undefined }] : [];
        if (!(await commitRemoval(redis, { connections, sources }))) return changed;
        await removeRefused(redis, id);
        return true;
      });
    },

    async addWriteKey(id, key) {
      const checked = key === undefined ? makeWriteKey() : readKey(key);
      if (typeof checked !== "string") return checked;
      const added = makeKey(checked);
      const saved = await untilUnchanged(() =>
        changeOnce(id, (source) => {
          if (source.writeKeys.length >= maxWriteKeys) return problem("writeKeys", tooManyKeys);
          if (source.writeKeys.some((one) => one.key === checked)) return problem("key", hasKey);
          return { ...source, writeKeys: [...source.writeKeys, added] };
        }),
      );
      return saved?.ok ? { ok: true, writeKey: added } : saved;
    },

    retireWriteKey(id, keyId) {
      return untilUnchanged(async () => {
        const found = await stored.source(id);
        if (!found?.source.writeKeys.some((one) => one.id === keyId)) return undefined;
        return changeOnce(id, (source) => {
          const writeKeys = source.writeKeys.filter((one) => one.id !== keyId);
          return writeKeys.length === 0 ? problem("writeKeys", lastKey) : { ...source, writeKeys };
        });
      });
    },

    feed(connectionId, sourceIds) {
      return untilUnchanged(async () => {
        if (!(await stored.has(connectionId))) return undefined;
        if (!isListOfIds(sourceIds)) return problem("sources", "The sources must be a list of their ids.");
        const plan = await planJoins(stored, connectionId, sourceIds);
        if ("problems" in plan) return plan;
        if (plan.sources.length === 0) return { ok: true } as const;
        const result = await commit(redis, plan);
        if (result === changed) return changed;
        if (result === "committed") return { ok: true } as const;
        return { ok: false, problems: [sourceProblems[result]] } as const;
      });
    },
  };
}

function isListOfIds(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((id) => typeof id === "string");
}

function makeKey(key: string): WriteKey {
  return { id: `k${randomBytes(4).toString("hex")}`, key, createdAt: new Date().toISOString() };
}

function readKey(key: string): string | Problems {
  const checked = validateSource({ name: "any", kind: "server", writeKey: key });
  if (checked.ok) return checked.draft.writeKey ?? "";
  return { ok: false, problems: checked.problems.map((one) => ({ ...one, field: "key" })) };
}

function problem(field: string, message: string): Problems {
  return { ok: false, problems: [{ field, message }] };
}

const keysApart = "Write keys are added and retired one by one, not with the source's other fields.";
const tooManyKeys = `A source has at most ${maxWriteKeys} write keys: retire one first.`;
const hasKey = "This source has this write key already.";
const lastKey = "A source needs a write key: add another one first, or delete the source.";

const sourceProblems: Record<RefusedCommit, ConnectionProblem> = {
  "name-taken": { field: "name", message: "Another connection has this name." },
  "source-name-taken": { field: "name", message: "Another source has this name." },
  "write-key-taken": { field: "writeKey", message: "Another source has this write key." },
  "no-connection": {
    field: "connections",
    message: "There is no such connection: it may have been deleted meanwhile.",
  },
};
