import type { FastifyReply, FastifyRequest } from "fastify";
import { hasSession } from "./session.ts";

/** All that is open to everybody. */
const openRoutes = new Set(["/livez", "/readyz", "/login", "/logout", "/assets/*"]);

/** Sends who is not logged in to the login; a request that is not for a page is refused. */
export async function requireSession(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  request.viewer = { canLogOut: hasSession(request) };
  if (request.viewer.canLogOut || openRoutes.has(request.routeOptions.url ?? "")) return;
  const wantsPage = request.method === "GET" && request.headers.accept?.includes("text/html");
  await (wantsPage
    ? reply.redirect(`/login?next=${encodeURIComponent(request.url)}`, 303)
    : reply.code(401).send({ error: "Log in first." }));
}
