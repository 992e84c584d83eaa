import type { FastifyInstance } from "fastify";
import { sendPage } from "../page/send-page.ts";
import type { CurrentSituations } from "./current-situations.ts";
import { runbookPage } from "./runbook-page.ts";

/** `GET /runbook`, which also answers while Redis is away, and the banner of every page. */
export function runbookRoutes(app: FastifyInstance, current: CurrentSituations): void {
  app.addHook("onRequest", async (request) => {
    if (!request.headers.accept?.includes("text/html")) return;
    request.viewer = { ...request.viewer, situations: await current.read() };
  });
  app.get("/runbook", (request, reply) => sendPage(reply, runbookPage(request.viewer)));
}
