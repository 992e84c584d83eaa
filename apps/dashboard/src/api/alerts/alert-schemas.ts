import { alertConditions } from "@customerio-router/alerts";
import { open, text, time, whole } from "../schema-parts.ts";

/** What is wrong with a value is for the alerts' own checks to say: these describe. */

const condition = { description: `One of ${alertConditions.join(", ")}` } as const;

export const alertTags = ["Alerts"];

export const idInPath = { type: "object", required: ["id"], properties: { id: text } } as const;

export const settings = {
  ...open,
  description: "Thresholds; those left out in a request have their defaults",
  properties: {
    dashboardUrl: { description: "Public URL of the dashboard, for links; null: none" },
    holdMs: {
      description: "Milliseconds that a condition holds before it is told, and is gone before it is over",
    },
    retryingMs: { description: "Milliseconds that a connection retries" },
    oldestWaitingMs: { description: "Age of the oldest waiting message in milliseconds" },
    rejectedPercent: { description: "Rejected share of the last hour in percent" },
    deliveredWithinMs: { description: "Objective for the time to delivery in milliseconds" },
    quietMs: { description: "Milliseconds without a message at a usually busy time" },
    off: { description: "Conditions that are never told" },
  },
} as const;

export const newChannel = {
  ...open,
  properties: {
    kind: { description: "webhook or email" },
    name: { description: "At most 100 characters" },
    url: { description: "Of a webhook; stored encrypted, never returned" },
    secret: { description: "Of a webhook: whsec_…; made if left out, and returned this once" },
    template: { description: "Of a webhook: the body as JSON with placeholders such as {{summary}}" },
    host: { description: "Of the mail server" },
    port: { description: "Of the mail server" },
    security: { description: "tls, starttls or none" },
    user: { description: "At the mail server" },
    password: { description: "At the mail server; stored encrypted, never returned" },
    from: { description: "Email address of the sender" },
    to: { description: "Email addresses of at most 20 recipients" },
  },
} as const;

export const channel = {
  ...open,
  description: "A channel without its secrets",
  properties: { id: text, kind: text, name: text, host: text, createdAt: time },
} as const;

export const channelTest = { ...open, properties: { ok: { type: "boolean" }, message: text } } as const;

export const newPause = {
  ...open,
  properties: { until: { description: "ISO 8601" }, note: { description: "At most 200 characters" } },
} as const;

export const newSilence = {
  ...open,
  properties: { ...newPause.properties, condition, connection: { description: "The id of a connection" } },
} as const;

export const pause = { ...open, properties: { until: time, note: text } } as const;

export const silence = {
  ...open,
  properties: { id: text, until: time, note: text, condition: text, connection: text },
} as const;

const firing = {
  ...open,
  properties: {
    condition: text,
    connection: open,
    detail: text,
    messages: whole,
    example: { ...text, description: "The messageId of one message" },
    beganAt: time,
    muted: { type: "boolean", description: "By a silence or the pause" },
  },
} as const;

export const overview = {
  ...open,
  properties: {
    watching: { type: "boolean", description: "False while there is no channel" },
    firing: { type: "array", items: firing },
    pause: { ...pause, description: "Absent while there is none" },
  },
} as const;

const notice = {
  ...open,
  properties: {
    id: { ...text, description: "The webhook-id" },
    event: { type: "string", enum: ["begun", "over"] },
    condition: text,
    at: time,
    summary: text,
    deliveries: {
      type: "array",
      items: {
        ...open,
        properties: {
          channel: text,
          state: { type: "string", enum: ["outstanding", "delivered", "failed"] },
          tries: whole,
          why: text,
          at: time,
          nextTryAt: time,
        },
      },
    },
  },
} as const;

export const history = { ...open, properties: { history: { type: "array", items: notice } } } as const;

export const channels = { ...open, properties: { channels: { type: "array", items: channel } } } as const;

export const silences = { ...open, properties: { silences: { type: "array", items: silence } } } as const;
