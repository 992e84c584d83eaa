import type { FoundSituation } from "@customerio-router/reports";

/** Who looks at a page and what is so meanwhile: what the frame of every page shows. */
export type Viewer = {
  /** False where there is no password, and so no login. */
  canLogOut: boolean;
  /** False for who may only look. */
  canWrite: boolean;
  /** What is wrong at the moment. */
  situations: readonly FoundSituation[];
};

declare module "fastify" {
  interface FastifyRequest {
    viewer: Viewer;
  }
}
