import type { FoundSituation } from "@customerio-router/reports";

/** The user of a request without a login. */
export const nobody = "nobody";

/** Who looks at a page and what is so meanwhile: what the frame of every page shows. */
export type Viewer = {
  /** As the audit log names them. */
  user: string;
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
