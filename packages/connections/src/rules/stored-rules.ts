import type { Rule } from "@customerio-router/rules";

/** The rules of a connection as they are shown; the salt never is. */
export type ConnectionRules = {
  /** 0 before the first save. */
  version: number;
  rules: Rule[];
  /** Whether a salt stands before what is hashed. */
  salted: boolean;
};

/** The rules as Redis has them; `undefined` before the first save. */
export type StoredRules = { rules: string | undefined; salt: string | undefined };

export function toConnectionRules({ rules, salt }: StoredRules): ConnectionRules {
  const list = rules === undefined ? { version: 0, rules: [] } : JSON.parse(rules);
  return { version: list.version, rules: list.rules, salted: salt !== undefined };
}

/** Binds a sealed salt to its place. */
export function saltOwner(connectionId: string): string {
  return `rules:${connectionId}`;
}
