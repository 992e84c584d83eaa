import { open, text, whole } from "./schema-parts.ts";

/** JSON schemas of the routes of the ledger. */

const utcDay = {
  type: "string",
  description:
    "UTC day of receipt, such as 2026-11-25, included; of an ISO 8601 time, its day. Without `from` and `to`, all time; else of the last 90 days",
} as const;

export const ledgerQuery = {
  type: "object",
  properties: {
    connection: { ...text, description: "The id of a connection; without it, all connections added up" },
    source: { ...text, description: "The id of a source; without it, the messages of all" },
    from: utcDay,
    to: utcDay,
    by: { type: "string", enum: ["day", "event", "reason", "source"], default: "day" },
  },
} as const;

const outcomes = {
  delivered: whole,
  skipped: whole,
  rejected: { ...whole, description: "Among the failed jobs, where a retry sends them again" },
  removed: {
    ...whole,
    description: "Deleted or edited by a person, or failed for longer than they are kept",
  },
} as const;

const account = {
  ...open,
  description: "received = delivered + skipped + rejected + removed + waiting + unaccounted, in messages",
  properties: {
    received: whole,
    ...outcomes,
    waiting: whole,
    unaccounted: { ...whole, description: "Missing when the messages were last counted one by one" },
  },
} as const;

export const ledger = {
  ...open,
  properties: {
    total: account,
    by: {
      type: "array",
      description:
        "Days, newest first; or events or reasons of the last 90 days, or sources, the most frequent first. Of sources, `other` are those beyond the first 25, and `unknown` are messages that do not say theirs",
      items: {
        anyOf: [
          { ...account, properties: { day: utcDay, ...account.properties } },
          { ...account, properties: { source: text, ...account.properties } },
          { ...open, properties: { event: text, ...outcomes } },
          { ...open, properties: { outcome: text, reason: text, messages: whole } },
        ],
      },
    },
    checkedAt: {
      type: "string",
      format: "date-time",
      description: "When the messages were last counted one by one; absent if a connection never was",
    },
  },
} as const;
