/** Who looks at a page, as far as the page shows it. */
export type Viewer = {
  /** False where there is no password, and so no login. */
  canLogOut: boolean;
  /** False for who may only look. */
  canWrite: boolean;
};

declare module "fastify" {
  interface FastifyRequest {
    viewer: Viewer;
  }
}
