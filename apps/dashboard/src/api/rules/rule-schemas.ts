import { open, text, whole } from "../schema-parts.ts";

const list = {
  type: "array",
  items: {
    ...open,
    properties: {
      name: { ...text, description: "Unique in the list" },
      on: { type: "boolean" },
      if: { ...text, description: "A condition in CEL over `message`; empty: every message" },
      then: {
        ...open,
        description:
          'One of `{ "drop": true }`, `{ "remove": path }`, `{ "hash": path }`, `{ "rename": { "from", "to" } }`, `{ "set": { "field", "value" } }`, `{ "renameEvent": name }`, `{ "sample": percent }`',
      },
    },
  },
} as const;

export const rules = {
  ...open,
  properties: {
    version: { ...whole, description: "0 before the first save; one more with each" },
    rules: list,
    salted: { type: "boolean", description: "Whether a salt stands before what is hashed" },
  },
} as const;

/** What is wrong with the fields is told by `problems`, all at once. */
export const newRules = {
  ...open,
  description:
    "`version` is that of the list that was read; an older one is refused. `rules` replace all. `salt` replaces the salt, null removes it; it is stored encrypted, never returned",
} as const;

export const triedRules = {
  ...open,
  description: "`rules` as they would be saved; `settings`, if given, as they would be saved too",
} as const;

const side = {
  ...open,
  properties: {
    message: { description: "Null where a rule drops it" },
    operations: { type: "array", items: open, description: "What Customer.io gets" },
    reason: { ...text, description: "Why it gets nothing" },
  },
} as const;

export const rulesPreview = {
  ...open,
  properties: {
    messages: { ...whole, description: "Recorded messages that were looked at, the newest first" },
    dropped: whole,
    changed: { ...whole, description: "And not dropped" },
    unmatched: { ...whole, description: "No rule touched them" },
    failed: { ...whole, description: "A condition could not be evaluated on them" },
    otherwise: { ...whole, description: "Customer.io would get something else than by what is saved" },
    isComplete: { type: "boolean", description: "False when time ran out" },
    rules: {
      type: "array",
      items: { ...open, properties: { name: text, touched: whole, failed: whole, why: text } },
    },
    examples: {
      type: "array",
      description: "The first twenty that are dropped, changed or mapped otherwise",
      items: {
        ...open,
        properties: {
          messageId: text,
          event: text,
          rules: { type: "array", items: text },
          before: side,
          after: side,
        },
      },
    },
  },
} as const;
