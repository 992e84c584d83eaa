import { isFromThisMachine } from "@customerio-router/service";
import type { FastifyReply, FastifyRequest } from "fastify";

const readingMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Lets a writing request through only if this dashboard's own pages sent it. Browsers name the origin with every such request;
 * a client that names none is not a browser, and nobody can make it act for somebody logged in.
 */
export async function refuseForeignOrigins(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (readingMethods.has(request.method)) return;
  const { origin, "sec-fetch-site": site } = request.headers;
  const isOwnPage = site === undefined || site === "same-origin";
  if (!isOwnPage || (origin !== undefined && !isOwnOrigin(origin, request.host))) {
    await reply.code(403).send({
      error:
        "This request came from another site. A proxy in front of the dashboard must pass on the browser's Host header unchanged.",
    });
  }
}

/** Without a password only this machine is answered, by its own names; no proxy opens that door, not even a trusted one. */
export async function refuseForeignHosts(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (isFromThisMachine(request)) return;
  await reply.code(403).send({
    error:
      "Without DASHBOARD_PASSWORD the dashboard answers only direct requests from this machine: set DASHBOARD_PASSWORD to open it to others.",
  });
}

/** A host is read under the origin's protocol, because only a trusted proxy would tell us the browser's: `dash:443` is https://dash. */
function isOwnOrigin(text: string, host: string): boolean {
  const origin = URL.parse(text);
  return origin !== null && URL.parse(`${origin.protocol}//${host}`)?.host === origin.host;
}
