import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { scriptReplies, writeKeyParams } from "./api/schemas.ts";

/** Segment's browser SDK as it is published, built for script tags. */
const scripts = join(
  dirname(fileURLToPath(import.meta.resolve("@segment/analytics-next/package.json"))),
  "dist/umd",
);

/** The SDK itself; and what it loads later, with a hash of the content in the name. */
const served = /^\/?(standalone|[\w-]+\.bundle\.[0-9a-f]+)\.js$/;

/**
 * Serves Segment's browser SDK to pages of any site: itself at `/analytics.js/v1/<write key>/analytics.min.js`, and the
 * parts it loads later at `/analytics-next/bundles/`. The SDK reads its write key from the page.
 */
export async function addScriptRoutes(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: scripts,
    prefix: "/analytics-next/bundles/",
    allowedPath: (path) => served.test(path),
    immutable: true,
    maxAge: "365d",
    preCompressed: true,
    setHeaders: (reply) => void reply.header("cross-origin-resource-policy", "cross-origin"),
  });

  const schema = {
    tags: ["browsers"],
    summary: "Segment's SDK, as the snippet loads it",
    security: [],
    params: writeKeyParams,
    response: scriptReplies,
  };
  app.get("/analytics.js/v1/:writeKey/analytics.min.js", { schema }, (_request, reply) =>
    reply.sendFile("standalone.js", { immutable: false, maxAge: "1h" }),
  );
}
