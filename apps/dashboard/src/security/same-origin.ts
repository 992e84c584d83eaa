import type { FastifyReply, FastifyRequest } from "fastify";
import { isLoopback } from "./loopback.ts";

const readingMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Lets a writing request through only if this dashboard's own pages sent it. Browsers name the origin with every such request;
 * a client that names none is not a browser, and nobody can make it act for somebody logged in.
 */
export async function refuseForeignOrigins(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (readingMethods.has(request.method)) return;
  const { origin, "sec-fetch-site": site } = request.headers;
  const isOwn =
    origin === undefined ? site === undefined || site === "same-origin" : hostOf(origin) === request.host;
  if (!isOwn) {
    await reply.code(403).send({
      error:
        "This request came from another site. Behind a proxy, let it pass on the Host header as the browser sent it.",
    });
  }
}

/** Without a password only this machine's own names are answered: another name that leads here is an attack on the browser. */
export async function refuseForeignHosts(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (isLoopback(request.hostname)) return;
  await reply
    .code(403)
    .send({ error: "Without DASHBOARD_PASSWORD the dashboard answers to localhost only." });
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
