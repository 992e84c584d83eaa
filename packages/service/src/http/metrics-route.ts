import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { isFromThisMachine } from "./this-machine.ts";

/**
 * Adds `GET /metrics` in Prometheus's text format. With a `token` it wants `Authorization: Bearer <token>`;
 * without one only this machine may read it, and no proxy on it; nobody where `needsToken`.
 */
export function addMetricsRoute(
  app: FastifyInstance,
  {
    read,
    token,
    needsToken = false,
  }: { read: () => Promise<string>; token?: string | undefined; needsToken?: boolean },
): void {
  app.get("/metrics", async (request, reply) => {
    if (!(token === undefined ? !needsToken && isFromThisMachine(request) : bears(request, token))) {
      return reply.code(401).send({
        error:
          token === undefined ? "set METRICS_TOKEN to read metrics from elsewhere" : "wrong or missing token",
      });
    }
    return reply.type("text/plain; version=0.0.4; charset=utf-8").send(await read());
  });
}

function bears({ headers }: FastifyRequest, token: string): boolean {
  return timingSafeEqual(digest(headers.authorization ?? ""), digest(`Bearer ${token}`));
}

/** Digests have one length, so that comparing them tells nothing about the secret's. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
