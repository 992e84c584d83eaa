import { connectionKeys, type RedisClient, requireNewestFormat } from "@customerio-router/redis";
import {
  type CompiledRules,
  compileRules,
  type RuleProblem,
  ruleLimits,
  validateRules,
} from "@customerio-router/rules";
import { createApiKeySeal, SecretKeyError } from "../keys/api-key-seal.ts";
import { putRules, type SaltChange } from "./put-rules.ts";
import { type ConnectionRules, type StoredRules, saltOwner, toConnectionRules } from "./stored-rules.ts";

export type SavedRules =
  | { ok: true; list: ConnectionRules }
  | { ok: false; why: "invalid"; problems: RuleProblem[] }
  /** Somebody else has saved this version meanwhile. */
  | { ok: false; why: "conflict"; version: number };

/** Rules ready to run, and the texts by which a later version is noticed. */
export type OpenedRules = { stored: StoredRules; compiled: CompiledRules | undefined };

export type RuleStore = {
  /** `undefined` when there is no such connection. */
  read(connectionId: string): Promise<ConnectionRules | undefined>;
  /**
   * Saves `{ version, rules }` whole or not at all; `version` is the one that was read. `salt` replaces the salt, null
   * removes it, without it the former one stays. `undefined` when there is no such connection. @throws OlderFormatError
   */
  put(connectionId: string, input: unknown): Promise<SavedRules | undefined>;
  /** @throws SecretKeyError when the salt cannot be decrypted */
  open(connectionId: string): Promise<OpenedRules>;
  /** Compiles rules that are not saved, with the connection's salt. @throws SecretKeyError as `open` */
  compile(connectionId: string, rules: ConnectionRules["rules"]): Promise<CompiledRules | undefined>;
  /** Whether this is the connection's salt; one that cannot be decrypted is not. */
  hasSalt(connectionId: string, salt: string): Promise<boolean>;
  /** The connections of these whose rules are no longer those that were opened. */
  findChanged(opened: ReadonlyMap<string, StoredRules>): Promise<string[]>;
};

/** The rules of the connections as Redis keeps them, salts sealed as API keys are. */
export function createRuleStore({
  redis,
  secretKey,
}: {
  redis: RedisClient;
  /** SECRET_KEY. Without it salts can be neither stored nor read; everything else works. */
  secretKey?: string | undefined;
}): RuleStore {
  const seal = secretKey === undefined ? undefined : createApiKeySeal(secretKey);

  async function readMany(ids: string[]): Promise<StoredRules[]> {
    if (ids.length === 0) return [];
    const [rules, salts] = await Promise.all([
      redis.hmget(connectionKeys.rules, ...ids),
      redis.hmget(connectionKeys.ruleSalts, ...ids),
    ]);
    return ids.map((_, at) => ({ rules: rules[at] ?? undefined, salt: salts[at] ?? undefined }));
  }

  const readOne = async (id: string) => (await readMany([id]))[0] as StoredRules;

  function openSalt(id: string, { salt }: StoredRules): string | undefined {
    if (salt === undefined) return undefined;
    if (!seal) throw new SecretKeyError(unreadableSalt);
    try {
      return seal.unseal(salt, saltOwner(id));
    } catch (error) {
      throw error instanceof SecretKeyError ? new SecretKeyError(unreadableSalt) : error;
    }
  }

  return {
    async read(id) {
      if ((await redis.hexists(connectionKeys.records, id)) === 0) return undefined;
      return toConnectionRules(await readOne(id));
    },
    async put(id, input) {
      const { salt, rest } = splitSalt(input);
      const validated = validateRules(rest);
      const problems = [
        ...(validated.ok ? [] : validated.problems),
        ...findSaltProblems(salt, seal !== undefined),
      ];
      if (!validated.ok || problems.length > 0) return { ok: false, why: "invalid", problems };
      await requireNewestFormat(redis, "Rules");
      const change = saltChange(salt, (text) => seal?.seal(text, saltOwner(id)) ?? "");
      const result = await putRules(redis, id, { list: validated.list, salt: change });
      if (result === "gone") return undefined;
      if (result !== "put") return { ok: false, why: "conflict", version: result };
      return { ok: true, list: toConnectionRules(await readOne(id)) };
    },
    async open(id) {
      const stored = await readOne(id);
      const { rules } = toConnectionRules(stored);
      return { stored, compiled: compileRules(rules, { salt: openSalt(id, stored) }) };
    },
    async compile(id, rules) {
      return compileRules(rules, { salt: openSalt(id, await readOne(id)) });
    },
    async hasSalt(id, salt) {
      try {
        return openSalt(id, await readOne(id)) === salt;
      } catch (error) {
        if (error instanceof SecretKeyError) return false;
        throw error;
      }
    },
    async findChanged(opened) {
      const ids = [...opened.keys()];
      const current = await readMany(ids);
      return ids.filter((id, at) => {
        const former = opened.get(id) as StoredRules;
        return former.rules !== current[at]?.rules || former.salt !== current[at]?.salt;
      });
    },
  };
}

function splitSalt(input: unknown): { salt: unknown; rest: unknown } {
  if (typeof input !== "object" || input === null || !("salt" in input))
    return { salt: undefined, rest: input };
  const { salt, ...rest } = input;
  return { salt, rest };
}

function findSaltProblems(salt: unknown, canSeal: boolean): RuleProblem[] {
  if (salt === undefined || salt === null) return [];
  const problem = (message: string) => [{ field: "salt", message }];
  if (typeof salt !== "string" || salt === "" || salt.length > ruleLimits.saltLength) {
    return problem(
      `The salt must be text of 1 to ${ruleLimits.saltLength} characters, or null to remove it.`,
    );
  }
  return canSeal ? [] : problem("SECRET_KEY is not set, but it encrypts the salt: set it and start again.");
}

function saltChange(salt: unknown, seal: (text: string) => string): SaltChange {
  if (salt === undefined) return "keep";
  return salt === null ? "remove" : { sealed: seal(salt as string) };
}

const unreadableSalt =
  "This SECRET_KEY, or its absence, cannot decrypt the salt of the rules: start with the one that encrypted it, or save the rules with their salt again.";
