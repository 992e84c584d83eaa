import { allConnections, liftErasure, listErasures, readReceipt } from "@customerio-router/connections";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import { askForErasure, type ErasureProblem } from "./ask-for-erasure.ts";
import type { ErasureContext } from "./erasure-context.ts";
import { erasurePage } from "./erasure-page.ts";

/** Erasures that the page shows; the API lists all. */
const maxShown = 50;

/** `GET /erasure` shows receipts, `POST /erasure` erases a person, `POST /erasure/lift` takes calls of one again. */
export function erasureRoutes(app: FastifyInstance, context: ErasureContext): void {
  const { redis, store } = context;

  app.get("/erasure", (request, reply) => show(request, reply));

  app.post("/erasure", async (request, reply) => {
    const { person = "", connection = "", suppress } = textFields(request.body);
    const asked = await askForErasure(context, { person, connection, suppress: suppress !== undefined });
    if ("problem" in asked) return await show(request, reply, asked.problem);
    request.log.info({ erasure: asked.id, action: "erase" }, "changed in the dashboard");
    return reply.redirect("/erasure", 303);
  });

  app.post("/erasure/lift", async (request, reply) => {
    const { id = "" } = textFields(request.body);
    if (await liftErasure(redis, id)) {
      request.log.info({ erasure: id, action: "lift" }, "changed in the dashboard");
    }
    return reply.redirect("/erasure", 303);
  });

  async function show(request: FastifyRequest, reply: FastifyReply, problem?: ErasureProblem) {
    const { viewer } = request;
    const connections = await store.list();
    const erasures = viewer.canWrite ? (await listErasures(redis)).slice(0, maxShown) : [];
    const receipts = await Promise.all(erasures.map((erasure) => readReceipt({ redis, store }, erasure)));
    const { connection: chosen = allConnections } = textFields(request.body ?? {});
    const page = erasurePage({ connections, chosen, receipts, problem, viewer });
    return sendPage(reply, page, problem === undefined ? 200 : 422);
  }
}
