import type { FastifyReply, FastifyRequest } from "fastify";
import { equalSecrets } from "../security/equal-secrets.ts";
import type { Sessions } from "./session.ts";
import { nobody } from "./viewer.ts";

/** All that is open to everybody, or asks for a token of its own. */
const openRoutes = new Set([
  ...["/livez", "/readyz", "/metrics"],
  ...["/login", "/login/issuer", "/login/callback", "/logout", "/assets/*", "/assets/dashboard.css"],
]);

/** Sends who is not logged in to the login; a request that is not for a page is refused. `apiToken` opens `/api`. */
export function requireSession({ sessions, apiToken }: { sessions: Sessions; apiToken: string | undefined }) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const session = await sessions.find(request);
    const role = session?.role;
    const route = request.routeOptions.url ?? "";
    const hasToken = role === undefined && route.startsWith("/api/") && bears(request, apiToken);
    const canWrite = role === "operator" || hasToken;
    const user = session?.user ?? (hasToken ? "API token" : nobody);
    request.viewer = { user, canLogOut: role !== undefined, canWrite, situations: [] };
    if (role !== undefined || hasToken || openRoutes.has(route)) return;
    const wantsPage = request.method === "GET" && request.headers.accept?.includes("text/html");
    await (wantsPage
      ? reply.redirect(`/login?next=${encodeURIComponent(request.url)}`, 303)
      : reply.code(401).send({ error: "Log in first." }));
  };
}

function bears({ headers }: FastifyRequest, token: string | undefined): boolean {
  return token !== undefined && equalSecrets(headers.authorization ?? "", `Bearer ${token}`);
}
