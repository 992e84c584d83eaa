/** Parts of the JSON schemas of what the API takes and gives, for OpenAPI and for Fastify's validation. */

export const text = { type: "string" } as const;

export const whole = { type: "integer" } as const;

export const time = { type: "string", format: "date-time" } as const;

export const unixMs = { type: "integer", description: "Unix milliseconds" } as const;

export const open = { type: "object", additionalProperties: true } as const;

export const problem = {
  ...open,
  properties: { error: text, problems: { type: "array", items: open } },
} as const;

export const inPath = {
  type: "object",
  required: ["id"],
  properties: { id: { ...text, description: "The connection's id" } },
} as const;
