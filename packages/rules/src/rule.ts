/** What a rule does with the messages that its condition matches: exactly one of these. */
export type Action =
  | { drop: true }
  | { remove: string }
  /** Replaces a value by the SHA-256 of its text, in hexadecimal. */
  | { hash: string }
  | { rename: { from: string; to: string } }
  | { set: { field: string; value: unknown } }
  | { renameEvent: string }
  /** Percent of the people whose messages pass; those of all others are dropped. */
  | { sample: number };

export type Rule = {
  /** Unique in its list. */
  name: string;
  on: boolean;
  /** CEL over `message`; empty: every message. */
  if: string;
  then: Action;
};

/** The rules of a connection, in the order in which they run. `version` grows by one with each save. */
export type RuleList = { version: number; rules: Rule[] };

/** What is wrong with one field, such as `rules.2.if`, and what to do. */
export type RuleProblem = { field: string; message: string };

/** The reason of a message that a rule has dropped. */
export function ruleReason(name: string): string {
  return `rule: ${name}`;
}

/** The name of the rule in such a reason; undefined in any other. */
export function ruleOfReason(reason: string): string | undefined {
  return reason.startsWith("rule: ") ? reason.slice("rule: ".length) : undefined;
}
