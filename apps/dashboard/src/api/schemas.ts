/** JSON schemas of what the API takes and gives, for OpenAPI and for Fastify's validation. */

const text = { type: "string" } as const;
const whole = { type: "integer" } as const;
const unixMs = { type: "integer", description: "Unix milliseconds" } as const;
const open = { type: "object", additionalProperties: true } as const;

const connectionFields = {
  name: { ...text, description: "Unique, without regard to case" },
  siteId: text,
  region: { type: "string", enum: ["us", "eu"] },
  trackUrl: { ...text, description: "Only with ALLOW_CUSTOM_TRACK_URL=true" },
  writeKey: { ...text, description: "Made when left out" },
  settings: { ...open, description: "What is left out has its default" },
} as const;

const apiKey = { ...text, writeOnly: true, description: "Kept sealed, never given out" } as const;

export const newConnection = {
  type: "object",
  required: ["name", "siteId", "apiKey"],
  properties: {
    ...connectionFields,
    region: { ...connectionFields.region, description: "Found from the keys when left out" },
    apiKey,
  },
  additionalProperties: false,
} as const;

export const connectionPatch = {
  type: "object",
  properties: {
    ...connectionFields,
    trackUrl: { type: ["string", "null"], description: "null: Customer.io's own host" },
    apiKey,
  },
  additionalProperties: false,
} as const;

export const connection = {
  ...open,
  properties: {
    id: text,
    ...connectionFields,
    createdAt: { type: "string", format: "date-time" },
    updatedAt: { type: "string", format: "date-time" },
    state: {
      ...open,
      properties: {
        state: { type: "string", enum: ["active", "paused", "retrying", "needs-attention"] },
        why: text,
        untilMs: { ...unixMs, description: "When it is tried next" },
      },
    },
    jobsWaiting: { ...whole, description: "Jobs of 1 to 100 messages that wait or are on their way" },
    jobsFailed: whole,
    oldestWaitingAt: unixMs,
    lastFailure: text,
    deliveredPerMinute: { type: "number", description: "Over the last five minutes" },
  },
} as const;

export const keyCheck = {
  ...open,
  properties: { ok: { type: "boolean" }, message: text, region: connectionFields.region, field: text },
} as const;

export const knownMessages = {
  ...open,
  properties: {
    messageId: text,
    found: {
      type: "array",
      description: "What became of it each time, newest first",
      items: {
        ...open,
        properties: {
          connection: open,
          state: { type: "string", enum: ["waiting", "delivered", "skipped", "rejected"] },
          atMs: unixMs,
          jobId: text,
          reason: text,
          rejection: open,
          requests: whole,
          attempts: { type: "array", items: open },
          salvaged: { type: "boolean", description: "True when it was read from a corrupt request body" },
          message: { description: "As received" },
          explained: {
            ...open,
            description: "By the connection's present settings",
            properties: {
              operations: { type: "array", items: open },
              explanation: { type: "array", items: text },
              warnings: { type: "array", items: open },
              ulids: { type: "array", items: text },
            },
          },
        },
      },
    },
  },
} as const;

export const overview = {
  ...open,
  properties: {
    range: { type: "string", enum: ["hour", "day"] },
    pointMinutes: whole,
    points: { type: "array", items: open },
    connections: { type: "array", items: connection },
    redis: open,
  },
} as const;

export const problem = {
  ...open,
  properties: { error: text, problems: { type: "array", items: open } },
} as const;

export const inPath = {
  type: "object",
  required: ["id"],
  properties: { id: { ...text, description: "The connection's id" } },
} as const;
