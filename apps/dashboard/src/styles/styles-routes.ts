import type { FastifyInstance } from "fastify";
import { sendPage } from "../page/send-page.ts";
import { stylesPage } from "./styles-page.ts";

/** `GET /styles`: for who changes the dashboard. */
export function stylesRoutes(app: FastifyInstance): void {
  app.get("/styles", async (request, reply) => sendPage(reply, stylesPage(request.viewer)));
}
