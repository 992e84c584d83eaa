import { basePathOf } from "@customerio-router/service";
import type { FastifyInstance, FastifyRequest, RawRequestDefaultExpression } from "fastify";
import { sendProblem } from "./page/send-problem.ts";

/**
 * Where the dashboard begins on its host, such as `/customerio`. All other code names paths as if that were the root: they lose the
 * base path as they come in, and get it as they go out, in pages, redirects and cookies.
 */
export type BasePath = {
  /** Empty at the root. */
  readonly path: string;
  /** To a path as browsers ask for it. */
  addTo(path: string): string;
  /** To every path that markup of ours leads to. Text in it is escaped, so that an attribute is one. */
  addToMarkup(markup: string): string;
};

declare module "fastify" {
  interface FastifyInstance {
    basePath: BasePath;
  }
}

/** Probes ask the process itself, past any proxy. */
const rootRoutes = new Set(["/livez", "/readyz", "/metrics"]);

/** What comes before the first slash of a path. */
const pathAttributes =
  /(?: (?:href|src|action|formaction|data-live|data-test|data-steps)="| content="0; url=)(?=\/)/g;

export function createBasePath(dashboardUrl: string | undefined): BasePath {
  const path = basePathOf(dashboardUrl);
  return {
    path,
    addTo: (rest) => path + rest,
    addToMarkup: (markup) => (path === "" ? markup : markup.replace(pathAttributes, `$&${path}`)),
  };
}

/** As Fastify's `rewriteUrl`: what the routes are asked for. */
export function withoutBasePath({ path }: BasePath, { url = "/" }: RawRequestDefaultExpression): string {
  if (path === "" || !isUnder(path, url)) return url;
  const rest = url.slice(path.length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** To be called before other hooks are added: what is asked for elsewhere is no page of ours. */
export function serveUnderBasePath(app: FastifyInstance, basePath: BasePath): void {
  const { path } = basePath;
  app.decorate("basePath", basePath);
  if (path === "") return;
  app.addHook("onRequest", async (request, reply) => {
    if (isUnder(path, request.originalUrl) || isForProbes(request)) return;
    await sendProblem(request, reply, {
      status: 404,
      title: "Not found",
      message: `The dashboard is at \`${path}/\`, as DASHBOARD_URL says. A proxy in front of it must pass this path on unchanged.`,
    });
  });
  app.addHook("onSend", async (_request, reply) => {
    const location = reply.getHeader("location");
    if (typeof location === "string" && location.startsWith("/"))
      reply.header("location", basePath.addTo(location));
  });
}

function isUnder(path: string, url: string): boolean {
  return url.startsWith(path) && ["/", "?", undefined].includes(url[path.length]);
}

function isForProbes({ routeOptions: { url = "" } }: FastifyRequest): boolean {
  return rootRoutes.has(url);
}
