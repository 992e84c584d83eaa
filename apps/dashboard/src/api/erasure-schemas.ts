import { open, text } from "./schema-parts.ts";

/** JSON schemas of the routes of erasures. */

export const newErasure = {
  type: "object",
  required: ["person", "connection"],
  properties: {
    person: { ...text, description: "An id or email address, or a key such as anonymous_id:x" },
    connection: { ...text, description: "The id of a connection, or all" },
    suppress: { type: "boolean", description: "Suppress the person in Customer.io instead of deleting them" },
  },
  additionalProperties: false,
} as const;

export const erasure = {
  ...open,
  description: "A receipt, without personal data",
  properties: {
    id: text,
    requestedAt: { type: "string", format: "date-time" },
    state: { type: "string", enum: ["outstanding", "done", "lifted"] },
    connection: text,
    suppress: { type: "boolean" },
    connections: { type: "array", items: open },
    intakes: open,
    unreachable: { type: "array", items: text },
  },
} as const;
