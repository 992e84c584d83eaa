import { setTimeout as sleep } from "node:timers/promises";
import { connectionKeys, isReady, type RedisClient } from "@customerio-router/redis";
import { type CompiledRules, compileRules, intakeRules, type RuleList } from "@customerio-router/rules";
import { createApiKeySeal, SecretKeyError } from "../keys/api-key-seal.ts";
import { startChangeReader } from "../keys/change-reader.ts";
import type { ConnectionStore } from "../store/connection-store.ts";
import { type StoredRules, saltOwner } from "./stored-rules.ts";

/** The rules of all connections as Redis has them, by the connections' ids; salts stay sealed. */
export type StoredRulesById = { [connectionId: string]: StoredRules };

/** A process that starts waits so long for the rules; while Redis is away it does not start later than that. */
const startMs = 1_000;

export type IntakeRules = AsyncDisposable & {
  /** Settles once Redis was read, or could not be in good time. */
  readonly begun: Promise<unknown>;
  /** False while Redis is there and its rules are not read yet: what came now would be kept as it is. */
  areKnown(): boolean;
  /** The rules that run before a connection's messages are kept: they remove or hash without a condition. */
  of(connectionId: string): CompiledRules | undefined;
};

/**
 * Knows the rules that run at intake. While Redis is away, those that were known before count. Where a salt cannot be
 * decrypted, what is to be hashed waits for the worker, which stops; what is to be removed is removed all the same.
 */
export function watchIntakeRules(options: {
  redis: RedisClient;
  store: Pick<ConnectionStore, "watch">;
  secretKey: string | undefined;
  /** What a former process knew: counts until Redis has been read. */
  formerly?: StoredRulesById | undefined;
  /** Hears all rules whenever they have been read. */
  onRead?: (rules: StoredRulesById) => void;
}): IntakeRules {
  const { redis, store, secretKey, formerly, onRead } = options;
  const seal = secretKey === undefined ? undefined : createApiKeySeal(secretKey);
  let compiled = new Map<string, CompiledRules>();
  compiled = compileAll(formerly ?? {});

  function compileAll(all: StoredRulesById): Map<string, CompiledRules> {
    return new Map(
      Object.entries(all).flatMap(([id, stored]): [string, CompiledRules][] => {
        const rules = compileOrKeep(id, stored);
        return rules === undefined ? [] : [[id, rules]];
      }),
    );
  }

  /** Rules that somebody edited by hand so that they cannot be read: the former ones go on, and the worker says why it stops. */
  function compileOrKeep(id: string, stored: StoredRules): CompiledRules | undefined {
    try {
      return compileFor(id, stored);
    } catch {
      return compiled.get(id);
    }
  }

  function compileFor(id: string, { rules, salt }: StoredRules): CompiledRules | undefined {
    if (rules === undefined) return undefined;
    const list = (JSON.parse(rules) as RuleList).rules;
    const opened = openSalt(id, salt);
    const known = opened.ok ? list : list.filter(({ then }) => !("hash" in then));
    const all = compileRules(known, { salt: opened.ok ? opened.salt : undefined });
    return all && intakeRules(all);
  }

  function openSalt(
    id: string,
    salt: string | undefined,
  ): { ok: true; salt: string | undefined } | { ok: false } {
    if (salt === undefined) return { ok: true, salt };
    if (!seal) return { ok: false };
    try {
      return { ok: true, salt: seal.unseal(salt, saltOwner(id)) };
    } catch (error) {
      if (error instanceof SecretKeyError) return { ok: false };
      throw error;
    }
  }

  const reader = startChangeReader({
    async read(): Promise<StoredRulesById> {
      const [lists, salts] = await Promise.all([
        redis.hgetall(connectionKeys.rules),
        redis.hgetall(connectionKeys.ruleSalts),
      ]);
      return Object.fromEntries(Object.entries(lists).map(([id, rules]) => [id, { rules, salt: salts[id] }]));
    },
    onRead(all) {
      compiled = compileAll(all);
      onRead?.(all);
    },
  });
  const watch = store.watch(() => reader.refresh());

  return {
    begun: Promise.race([reader.pending, sleep(startMs, undefined, { ref: false })]),
    areKnown: () => reader.isRead || formerly !== undefined || !isReady(redis),
    of: (connectionId) => compiled.get(connectionId),
    async [Symbol.asyncDispose]() {
      reader.close();
      await watch.close();
    },
  };
}
