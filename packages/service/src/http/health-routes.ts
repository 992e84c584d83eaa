import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { shareReads } from "../share-reads.ts";

/** Load balancers ask every few seconds; one that waits longer than this has given up. */
const readinessDeadlineMs = 1_000;

/** `problems` keep a process from its work and make it not ready; `warnings` are for a person to look at. */
export type Readiness = { problems: string[]; warnings?: string[] };

/**
 * Adds `GET /livez` (200 while the process answers at all) and `GET /readyz` (200, or 503 with
 * the problems). `readiness` that fails or takes over a second counts as a problem. Texts are public: no secrets.
 */
export function addHealthRoutes(
  app: FastifyInstance,
  { readiness }: { readiness: () => Promise<Readiness> | Readiness },
): void {
  const readReadiness = shareReads(readiness);
  app.get("/livez", () => ({ live: true }));

  app.get("/readyz", async (request, reply) => {
    const tooLate = sleep(
      readinessDeadlineMs,
      { problems: ["the readiness check timed out"] },
      { ref: false },
    );
    const found = readReadiness().catch((error: unknown) => {
      request.log.warn({ err: error }, "the readiness check failed");
      return { problems: ["the readiness check failed"] };
    });
    const { problems, warnings = [] }: Readiness = await Promise.race([found, tooLate]);
    return reply
      .code(problems.length === 0 ? 200 : 503)
      .send({ ready: problems.length === 0, problems, warnings });
  });
}
