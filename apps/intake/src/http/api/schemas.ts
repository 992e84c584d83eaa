import { anyCallSchema, type CallType, callSchemas, messageLimits } from "@customerio-router/messages";
import { z } from "zod";

/** What documents of the API say; requests are judged by `validateMessage`, which forgives more. */

type JsonSchema = { readonly [keyword: string]: unknown };

/** The body of `POST /v1/<type>`, whose path names the type. */
export function callBody(type: CallType): JsonSchema {
  const { required = [], ...schema } = toJsonSchema(callSchemas[type]);
  return {
    ...schema,
    required: (required as string[]).filter((name) => name !== "type"),
    ...writeKeyToo(schema),
  };
}

/** The body of `POST /v1/batch`. */
export function batchBody(): JsonSchema {
  const { context, integrations, sentAt } = toJsonSchema(callSchemas.track).properties as JsonSchema;
  const batch = {
    type: "array",
    maxItems: messageLimits.messagesPerBatch,
    items: toJsonSchema(anyCallSchema),
    description:
      "Calls, each with its `type`. One that cannot be delivered is kept as rejected and does not affect the others",
  };
  return {
    type: "object",
    required: ["batch"],
    ...writeKeyToo({ properties: { batch, context, integrations, sentAt } }),
  };
}

function writeKeyToo({ properties }: { properties?: unknown }): JsonSchema {
  const writeKey = { type: "string", description: "The write key, for clients that cannot send headers" };
  return { properties: { ...(properties as object), writeKey } };
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema, $defs, ...rest } = z.toJSONSchema(schema, {
    io: "input",
    override({ jsonSchema }) {
      // Any JSON: a schema of its own, referred to where a document of the API has none.
      const { additionalProperties } = jsonSchema;
      if (typeof additionalProperties !== "object" || !("$ref" in additionalProperties)) return;
      jsonSchema.additionalProperties = true;
      delete jsonSchema.propertyNames;
    },
  });
  return rest;
}

const success = { type: "boolean", const: true };

const taken = {
  description: "Every message is durable",
  type: "object",
  required: ["success"],
  properties: { success },
  additionalProperties: false,
};

const rejectedMessage = {
  type: "object",
  required: ["index", "reason"],
  properties: {
    index: { type: "integer", minimum: 0, description: "Position of the message in the batch, from 0" },
    reason: { type: "string" },
    field: { type: "string", description: "The field to correct" },
  },
  additionalProperties: false,
};

const batchTaken = {
  ...taken,
  description: "Every message is durable; those that can never be delivered are listed, and kept as rejected",
  properties: { success, rejected: { type: "array", minItems: 1, items: rejectedMessage } },
};

const importTaken = {
  ...batchTaken,
  required: ["success", "known", "unchecked"],
  properties: {
    ...batchTaken.properties,
    known: {
      type: "integer",
      minimum: 0,
      description:
        "Messages whose `messageId` every connection of the source has had lately: they are not stored again",
    },
    unchecked: {
      type: "integer",
      minimum: 0,
      description:
        "Messages that may be known: they are in the spool, and are compared when they leave it; or `REMEMBERED_IDS` is `0`",
    },
    dropped: {
      type: "string",
      description: "Why no message was kept: the source is paused (`source-paused`), or feeds no connection",
    },
  },
};

function refused(description: string): JsonSchema {
  const error = {
    type: "object",
    required: ["reason", "message"],
    properties: {
      reason: { type: "string", description: "A stable code" },
      message: { type: "string", description: "What is wrong and what to do, in a sentence" },
      index: { type: "integer", minimum: 0, description: "Position of the message, from 0" },
      field: { type: "string", description: "The field to correct" },
      limit: { type: "number", description: "The limit that was exceeded" },
    },
    additionalProperties: false,
  };
  const properties = { success: { type: "boolean", const: false }, error };
  return {
    description,
    type: "object",
    required: ["success", "error"],
    properties,
    additionalProperties: false,
  };
}

const refusals = {
  400: refused("Never acceptable: do not retry it unchanged"),
  401: refused("No source has this write key"),
  403: refused("Pages of this origin may not send with this write key"),
  429: {
    ...refused("Not now: retry the same request after `Retry-After` seconds"),
    headers: { "retry-after": { type: "integer" } },
  },
};

export const callReplies = { 200: taken, ...refusals };
export const batchReplies = { 200: batchTaken, ...refusals };
export const importReplies = { 200: importTaken, ...refusals };

export const writeKeyParams = { type: "object", properties: { writeKey: { type: "string" } } };

const integration = {
  type: "object",
  required: ["apiKey", "apiHost", "protocol"],
  properties: {
    apiKey: { type: "string", description: "The write key" },
    apiHost: { type: "string", description: "Host, port and path that calls are sent to" },
    protocol: { type: "string", enum: ["http", "https"] },
  },
  additionalProperties: false,
};

export const settingsReplies = {
  200: {
    description: "Settings that make Segment's and Customer.io's browser SDKs send to this intake",
    type: "object",
    required: ["integrations"],
    properties: {
      integrations: {
        type: "object",
        required: ["Segment.io", "Customer.io Data Pipelines"],
        additionalProperties: integration,
      },
      plan: { type: "object" },
      metrics: { type: "object", properties: { sampleRate: { type: "number" } } },
    },
    additionalProperties: false,
  },
};

export const sourceReplies = {
  200: {
    description: "The source that RudderStack's browser SDK asks for",
    type: "object",
    required: ["source"],
    properties: {
      source: {
        type: "object",
        required: ["id", "config", "destinations"],
        properties: {
          id: { type: "string" },
          name: { type: "string" },
          writeKey: { type: "string" },
          enabled: { type: "boolean" },
          config: { type: "object" },
          destinations: { type: "array", maxItems: 0 },
        },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  },
};

export const scriptReplies = {
  200: {
    description: "Segment's browser SDK",
    content: { "application/javascript": { schema: { type: "string" } } },
  },
};
