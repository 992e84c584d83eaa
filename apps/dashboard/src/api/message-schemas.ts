import { stateNames } from "@customerio-router/reports";
import { open, text, time, unixMs, whole } from "./schema-parts.ts";

/** JSON schema of `GET /messages/:id`. */

export const knownMessages = {
  ...open,
  properties: {
    messageId: text,
    found: {
      type: "array",
      description: "Each outcome of the message, newest first",
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
          operations: { type: "array", items: open, description: "As sent to Customer.io" },
          salvaged: { type: "boolean", description: "True when it was read from a corrupt request body" },
          message: { description: "As received" },
          waiting: {
            ...open,
            description: "Why it waits; absent once it has an outcome",
            properties: {
              where: { type: "string", enum: ["in-hand", "waiting", "prioritized", "delayed"] },
              state: { type: "string", enum: stateNames, description: "Of its connection" },
              explanation: { ...text, description: "What the state means, why, and what to do" },
              tries: {
                ...whole,
                description: "Of its connection, since Customer.io last accepted a request",
              },
              nextTryAt: time,
              jobsAhead: { ...whole, description: "Jobs of the connection that go first" },
              personMessagesAhead: {
                ...whole,
                description: "Messages of the same person that go first, in its job and the nearest 100 jobs",
              },
            },
          },
          explained: {
            ...open,
            description: "With the connection's current settings",
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
