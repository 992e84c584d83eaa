import type { AlertStore } from "@customerio-router/alerts";
import type { Snapshot, Snapshots } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import {
  type Actor,
  changedFields,
  type FieldChange,
  recordAction,
  type Subject,
} from "@customerio-router/reports";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { nobody } from "../login/viewer.ts";
import { textFields } from "../page/text-fields.ts";
import { auditedRoute, checkRoute } from "./audited-routes.ts";
import { readSnapshot } from "./read-snapshot.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** What the audit log tells besides, such as how many messages. */
    auditDetails: { [name: string]: string | number };
    /** How what the request changes stood before it. */
    auditBefore: Snapshot | undefined;
  }
}

/** Fields of a path or a form that say what was done, and nothing of a person. */
const toldFields = ["jobId", "job", "queueStatus", "group", "change", "from", "to", "keyId"];

const sealedFields = ["apiKey", "salt", "secret", "password"];

/**
 * Records what was done by any route of `audited-routes.ts`, pages, API and Bull Board alike, before the answer is sent. To be called
 * before routes are made: one that is missing there is refused.
 */
export function auditRequests(
  app: FastifyInstance,
  context: { redis: RedisClient; snapshots: Snapshots; alerts: Pick<AlertStore, "read"> },
): void {
  const { redis, snapshots } = context;
  app.addHook("onRoute", ({ method, url }) => {
    for (const each of [method].flat()) checkRoute(each, url);
  });
  app.decorateRequest("auditBefore", undefined);
  app.addHook("onRequest", async (request) => {
    request.auditDetails = {};
  });
  app.addHook("preHandler", async (request) => {
    const { kind } = routeOf(request) ?? {};
    if (kind !== undefined)
      request.auditBefore = await readSnapshot(context, kind, await subjectIdOf(request));
  });
  app.addHook("onSend", async (request, reply) => {
    try {
      if (isDone(request, reply)) await record(request);
    } catch (error) {
      request.log.error({ err: error, action: routeOf(request)?.action }, "could not write to the audit log");
    }
  });

  async function record(request: FastifyRequest): Promise<void> {
    const { action = "", kind } = routeOf(request) ?? {};
    const before = request.auditBefore;
    const id = (await subjectIdOf(request)) ?? (await madeIdOf(request, kind));
    const after = kind && (await readSnapshot(context, kind, id));
    const changes =
      kind === undefined ? [] : [...changedFields(before?.state, after?.state), ...newSecretsOf(request)];
    const seen = after ?? before;
    const subject: Subject | undefined = kind && {
      kind,
      ...(seen?.id && { id: seen.id }),
      ...(seen?.name && { name: seen.name }),
    };
    const details = { ...toldOf(request), ...request.auditDetails };
    await recordAction(redis, {
      action,
      by: actorOf(request),
      ...(subject && { subject }),
      ...(changes.length > 0 && { changes }),
      ...(Object.keys(details).length > 0 && { details }),
    });
  }

  async function subjectIdOf({ params, body, query }: FastifyRequest): Promise<string | undefined> {
    const { id, queueName } = textFields(params);
    if (queueName !== undefined) return snapshots.find("connection", queueName);
    return id ?? textFields(body).connection ?? textFields(query).connection ?? textFields(body).id;
  }

  /** Of what the request has made. */
  async function madeIdOf({ body }: FastifyRequest, kind: Subject["kind"] | undefined) {
    const { name } = textFields(body);
    if (name === undefined || (kind !== "connection" && kind !== "source")) return undefined;
    return await snapshots.find(kind, name);
  }
}

function routeOf({ method, routeOptions: { url = "" } }: FastifyRequest) {
  return auditedRoute(method, url);
}

/** A form that is shown again with problems has changed nothing. */
function isDone(request: FastifyRequest, reply: FastifyReply): boolean {
  const route = routeOf(request);
  if (route === undefined || reply.statusCode >= 400) return false;
  if (route.doneWith !== undefined && reply.statusCode !== route.doneWith) return false;
  return route.action !== "login" || request.viewer.user !== nobody;
}

/** Secrets are in no snapshot. */
function newSecretsOf({ body }: FastifyRequest): FieldChange[] {
  const fields = textFields(body);
  return sealedFields.flatMap((name): FieldChange[] => (fields[name] ? [[name, null, "(secret)"]] : []));
}

function toldOf({ params, body }: FastifyRequest): { [name: string]: string } {
  const fields = { ...textFields(body), ...textFields(params) };
  return Object.fromEntries(
    toldFields.flatMap((name) => {
      const text = fields[name];
      return text ? [[name, text.slice(0, 200)] as const] : [];
    }),
  );
}

function actorOf({ viewer, ip, url }: FastifyRequest): Actor {
  const via = url.startsWith("/api/") ? "API" : url.startsWith("/queues/") ? "Bull Board" : "page";
  return { user: viewer.user, via, from: ip };
}
