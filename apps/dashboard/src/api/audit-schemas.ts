import { open, text, whole } from "./schema-parts.ts";

/** JSON schemas of `GET /audit`. */

export const auditQuery = {
  type: "object",
  properties: {
    user: text,
    action: { ...text, description: "Such as connection.pause, or connection for all of them" },
    subject: { ...text, description: "The id of what it was done to" },
    from: { ...text, description: "A UTC day" },
    to: { ...text, description: "A UTC day, itself included" },
    before: { ...text, description: "The `next` of the page before" },
    limit: { ...whole, minimum: 1, maximum: 1_000, default: 50 },
  },
} as const;

export const auditedActions = {
  ...open,
  properties: {
    actions: {
      type: "array",
      description: "Newest first",
      items: {
        ...open,
        properties: {
          id: text,
          at: { ...text, format: "date-time" },
          action: text,
          by: { ...open, properties: { user: text, via: text, from: text } },
          subject: { ...open, properties: { kind: text, id: text, name: text } },
          changes: {
            type: "array",
            description: "Each a field, what it was and what it became; a secret is (secret)",
            items: { type: "array" },
          },
          details: open,
        },
      },
    },
    next: { ...text, description: "Where older ones begin; absent when there are none" },
  },
} as const;
