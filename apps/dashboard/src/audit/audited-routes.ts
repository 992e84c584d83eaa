import type { Subject } from "@customerio-router/reports";

/** What a route does, and to what kind of thing; without a kind, to what has no id. */
export type AuditedRoute = {
  action: string;
  kind?: Subject["kind"];
  /** The only status with which something was done; a preview has another. */
  doneWith?: number;
};

const on = (kind: Subject["kind"], what: string): AuditedRoute => ({ action: `${kind}.${what}`, kind });
const queues = "/queues/api/queues";
const queue = `${queues}/:queueName`;
const job = `${queue}/:jobId`;

/** Each route that changes something or hands data out. Jobs are those of a connection. */
const audited: { readonly [route: string]: AuditedRoute } = {
  "POST /login": { action: "login" },
  "GET /login": { action: "login" },
  "GET /login/callback": { action: "login" },
  "POST /sessions/:id/end": { action: "session.end" },
  "POST /logout": { action: "logout" },

  "POST /connections": on("connection", "create"),
  "POST /connections/:id": { ...on("connection", "change"), doneWith: 303 },
  "POST /connections/:id/remove": on("connection", "delete"),
  "POST /connections/:id/pause": on("connection", "pause"),
  "POST /connections/:id/resume": on("connection", "resume"),
  "POST /connections/:id/live": on("connection", "live"),
  "POST /connections/:id/rules": { ...on("connection", "rules"), doneWith: 303 },
  "POST /api/connections": on("connection", "create"),
  "PATCH /api/connections/:id": on("connection", "change"),
  "DELETE /api/connections/:id": on("connection", "delete"),
  "POST /api/connections/:id/pause": on("connection", "pause"),
  "POST /api/connections/:id/resume": on("connection", "resume"),
  "POST /api/connections/:id/live": on("connection", "live"),
  "PUT /api/connections/:id/rules": on("connection", "rules"),
  "PUT /api/connections/:id/sources": on("connection", "feed"),
  [`PUT ${queue}/pause`]: on("connection", "pause"),
  [`PUT ${queue}/resume`]: on("connection", "resume"),
  [`PUT ${queues}/pause`]: { action: "connection.pause" },
  [`PUT ${queues}/resume`]: { action: "connection.resume" },
  [`PUT ${queue}/concurrency`]: on("connection", "queue"),
  [`PUT ${queue}/rate-limit`]: on("connection", "queue"),
  [`PUT ${queue}/rate-limit/release`]: on("connection", "queue"),
  [`PATCH ${queue}/job-schedulers/:schedulerId`]: on("connection", "queue"),
  [`PUT ${queue}/job-schedulers/:schedulerId/remove`]: on("connection", "queue"),
  [`PUT ${queue}/job-schedulers/:schedulerId/run`]: on("connection", "queue"),

  "POST /sources": on("source", "create"),
  "POST /sources/:id": on("source", "change"),
  "POST /sources/:id/pause": on("source", "pause"),
  "POST /sources/:id/resume": on("source", "resume"),
  "POST /sources/:id/remove": on("source", "delete"),
  "POST /sources/:id/write-keys": on("source", "add-key"),
  "POST /sources/:id/write-keys/:keyId/retire": on("source", "retire-key"),
  "POST /api/sources": on("source", "create"),
  "PATCH /api/sources/:id": on("source", "change"),
  "DELETE /api/sources/:id": on("source", "delete"),
  "POST /api/sources/:id/write-keys": on("source", "add-key"),
  "DELETE /api/sources/:id/write-keys/:keyId": on("source", "retire-key"),

  "POST /failed/retry": on("messages", "retry"),
  "POST /failed/discard": on("messages", "discard"),
  "POST /failed/edit": { ...on("messages", "edit"), doneWith: 303 },
  "GET /failed/export": on("messages", "export"),
  "POST /try/send": on("messages", "send"),
  "POST /connections/:id/set-up/test-event": { ...on("messages", "send"), doneWith: 303 },
  [`POST ${queue}/add`]: on("messages", "send"),
  [`PUT ${job}/retry`]: on("messages", "retry"),
  [`PUT ${queue}/retry/:queueStatus`]: on("messages", "retry"),
  [`PATCH ${job}/update-data`]: on("messages", "edit"),
  [`PATCH ${job}/delay`]: on("messages", "reorder"),
  [`PATCH ${job}/priority`]: on("messages", "reorder"),
  [`PUT ${job}/promote`]: on("messages", "reorder"),
  [`PUT ${queue}/promote`]: on("messages", "reorder"),
  [`PUT ${job}/clean`]: on("messages", "discard"),
  [`PUT ${job}/remove-unprocessed-children`]: on("messages", "discard"),
  [`PUT ${queue}/clean/:queueStatus`]: on("messages", "discard"),
  [`PUT ${queue}/empty`]: on("messages", "discard"),
  [`PUT ${queue}/obliterate`]: on("messages", "discard"),

  "POST /replay/start": on("replay", "start"),
  "POST /replay/change": on("replay", "change"),
  "POST /erasure": { action: "erasure.start" },
  "POST /erasure/lift": on("erasure", "lift"),
  "POST /api/erasures": { action: "erasure.start" },
  "POST /api/erasures/:id/lift": on("erasure", "lift"),
  "POST /delivery/check": { action: "ledger.check" },
  "POST /api/ledger/check": { action: "ledger.check" },

  "POST /alerts/settings": { action: "alerts.change", kind: "alerts" },
  "POST /alerts/pause": { action: "alerts.pause", kind: "alerts" },
  "POST /alerts/pause/end": { action: "alerts.resume", kind: "alerts" },
  "PUT /api/alerts/settings": { action: "alerts.change", kind: "alerts" },
  "PUT /api/alerts/pause": { action: "alerts.pause", kind: "alerts" },
  "DELETE /api/alerts/pause": { action: "alerts.resume", kind: "alerts" },
  "POST /alerts/silences": { action: "silence.create", kind: "alerts" },
  "POST /alerts/silences/end": { action: "silence.end", kind: "alerts" },
  "POST /api/alerts/silences": { action: "silence.create", kind: "alerts" },
  "PATCH /api/alerts/silences/:id": { action: "silence.change", kind: "alerts" },
  "DELETE /api/alerts/silences/:id": { action: "silence.end", kind: "alerts" },
  "POST /alerts/channels": { action: "channel.create", kind: "alerts" },
  "POST /alerts/channels/test": { action: "channel.test", kind: "alerts" },
  "POST /alerts/channels/:id": { action: "channel.change", kind: "alerts" },
  "POST /alerts/channels/:id/remove": { action: "channel.delete", kind: "alerts" },
  "POST /api/alerts/channels": { action: "channel.create", kind: "alerts" },
  "PATCH /api/alerts/channels/:id": { action: "channel.change", kind: "alerts" },
  "DELETE /api/alerts/channels/:id": { action: "channel.delete", kind: "alerts" },
  "POST /api/alerts/channels/:id/test": { action: "channel.test", kind: "alerts" },
};

/** What only asks, though it is not a GET. */
const asking = new Set([
  "POST /connections/test",
  "POST /api/connections/:id/test",
  "POST /api/connections/:id/rules/preview",
  "POST /try",
]);

export function auditedRoute(method: string, url: string): AuditedRoute | undefined {
  return audited[`${method} ${url}`];
}

/** @throws for a route that may change something and is in neither list */
export function checkRoute(method: string, url: string): void {
  const route = `${method} ${url}`;
  if (["GET", "HEAD"].includes(method) || route in audited || asking.has(route)) return;
  throw new Error(`${route} is missing in audited-routes.ts`);
}

/** For the choice of the page. */
export const auditedActions: readonly string[] = [
  ...new Set(Object.values(audited).map(({ action }) => action)),
].sort();
