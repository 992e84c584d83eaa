import type { FastifyInstance } from "fastify";
import type { IntakeMetrics } from "../intake-metrics.ts";

/** Where SDKs report about themselves: counted, thrown away unread, and answered so that they are content. */
export function addSdkMetricsRoutes(
  app: FastifyInstance,
  { metrics }: { metrics: Pick<IntakeMetrics, "countSdkReport"> },
): void {
  for (const url of ["/v1/m", "/rsaMetrics"]) {
    app.post(url, (_request, reply) => {
      metrics.countSdkReport();
      return reply.send({ success: true });
    });
  }
}
