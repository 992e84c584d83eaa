import type { FastifyReply, FastifyRequest } from "fastify";

const readingMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** What changes nothing though it is posted. */
const harmlessRoutes = new Set(["/login", "/logout", "/try"]);

/** A form that cannot be saved is not shown. */
const formRoutes = new Set([
  "/connections/new",
  "/connections/:id/edit",
  "/connections/:id/remove",
  "/sources/new",
  "/sources/:id/edit",
  "/sources/:id/remove",
  "/sources/:id/write-keys/:keyId/retire",
  "/alerts/channels/new",
  "/alerts/channels/:id",
  "/failed/discard",
  "/failed/edit",
]);

/** Refuses who may only look whatever could change something, Bull Board's methods too. */
export async function requireOperator(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { url = "" } = request.routeOptions;
  const isHarmless = harmlessRoutes.has(url) || (readingMethods.has(request.method) && !formRoutes.has(url));
  if (isHarmless || request.viewer.canWrite) return;
  const error = Object.assign(
    new Error("You have read-only access. To change something, log in with the operator's password."),
    {
      statusCode: 403,
    },
  );
  // The page that says so is made where all problems are answered.
  reply.code(403);
  throw error;
}
