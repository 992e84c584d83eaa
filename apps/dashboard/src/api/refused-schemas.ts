import { open, text, unixMs, whole } from "./schema-parts.ts";

/** JSON schemas of `GET /refused`. */

const refused = {
  type: "array",
  items: {
    ...open,
    properties: {
      reason: text,
      status: { ...whole, description: "Of the reply; a salvaged body was accepted" },
      requests: whole,
      lastAtMs: unixMs,
      userAgent: { ...text, description: "Of the last request" },
      examples: {
        type: "array",
        description: "Newest first, without secrets",
        items: {
          ...open,
          properties: {
            atMs: unixMs,
            path: text,
            userAgent: text,
            body: { ...text, description: "Its first KB; absent if it was not read" },
          },
        },
      },
    },
  },
} as const;

export const refusedQuery = {
  type: "object",
  properties: {
    connection: { ...text, description: "The id of a connection: the sources that feed it" },
    source: { ...text, description: "The id of a source; without either, all" },
  },
} as const;

export const refusedCalls = {
  ...open,
  properties: {
    sources: { type: "array", items: { ...open, properties: { id: text, name: text, refused } } },
    connections: {
      type: "array",
      description: "Each with what was refused of the sources that feed it, added up",
      items: { ...open, properties: { id: text, name: text, refused } },
    },
    unknown: { ...refused, description: "Without a known write key: counts alone" },
  },
} as const;
