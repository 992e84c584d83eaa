import { fileURLToPath } from "node:url";
import { createAlertStore } from "@customerio-router/alerts";
import type { Archive } from "@customerio-router/archive";
import {
  type ConnectionStore,
  createRuleStore,
  createSnapshots,
  createSourceStore,
  type SecretKeyCheck,
} from "@customerio-router/connections";
import type { RedisClient, RedisHealth } from "@customerio-router/redis";
import {
  addHealthRoutes,
  addMetricsRoute,
  isLoopback,
  type Logger,
  StartError,
} from "@customerio-router/service";
import cookie from "@fastify/cookie";
import formbody from "@fastify/formbody";
import helmet from "@fastify/helmet";
import statics from "@fastify/static";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { alertRoutes } from "./alerts/alert-routes.ts";
import { createApiRoutes } from "./api/api-routes.ts";
import { createVisibleArchive } from "./archive/visible-archive.ts";
import { auditRequests } from "./audit/audit-hooks.ts";
import { auditRoutes } from "./audit/audit-routes.ts";
import { createBasePath, serveUnderBasePath, withoutBasePath } from "./base-path.ts";
import { connectionRoutes } from "./connections/connection-routes.ts";
import { findWarnings } from "./connections/list/find-warnings.ts";
import { deliveryRoutes } from "./delivery/delivery-routes.ts";
import { erasureRoutes } from "./erasure/erasure-routes.ts";
import { failedRoutes } from "./failed/failed-routes.ts";
import { loginRoutes } from "./login/login-routes.ts";
import { createOneTimeCode } from "./login/one-time-code.ts";
import { createOpenId, type OpenIdOptions } from "./login/open-id.ts";
import { requireOperator } from "./login/require-operator.ts";
import { requireSession } from "./login/require-session.ts";
import { createSessions, sessionSecret } from "./login/session.ts";
import { sessionRoutes } from "./login/session-routes.ts";
import { messageRoutes } from "./messages/message-routes.ts";
import { createDashboardMetrics } from "./metrics/dashboard-metrics.ts";
import { overviewRoutes } from "./overview/overview-routes.ts";
import { answerProblems } from "./page/answer-problems.ts";
import { readStyleSheet, readUplot } from "./page/style-sheet.ts";
import { createPrivacy } from "./privacy/privacy.ts";
import { createBullBoardRoutes } from "./queues/bull-board-routes.ts";
import { createConnectionQueues } from "./queues/connection-queues.ts";
import { refusedRoutes } from "./refused/refused-routes.ts";
import { replayRoutes } from "./replay/replay-routes.ts";
import { rulesRoutes } from "./rules/rules-routes.ts";
import { createCurrentSituations } from "./runbook/current-situations.ts";
import { runbookRoutes } from "./runbook/runbook-routes.ts";
import { ownPageHeaders } from "./security/content-security.ts";
import { refuseForeignHosts, refuseForeignOrigins } from "./security/same-origin.ts";
import { sourceRoutes } from "./sources/source-routes.ts";
import { stylesRoutes } from "./styles/styles-routes.ts";
import { tryRoutes } from "./try/try-routes.ts";

export type DashboardOptions = {
  redis: RedisClient;
  health: RedisHealth;
  store: ConnectionStore;
  logger: Logger;
  /** Without one everybody who reaches the dashboard is let in, and only this machine reaches it. */
  password?: string | undefined;
  /** Lets people in who may look and change nothing. */
  readOnlyPassword?: string | undefined;
  /** Lets users in by OpenID Connect, beside the passwords or without any. */
  openId?: OpenIdOptions | undefined;
  /** Where people reach the dashboard; its path, if it has one, is the base of all others. */
  dashboardUrl?: string | undefined;
  /** Opens the JSON API, as `Authorization: Bearer <token>`. */
  apiToken?: string | undefined;
  /** Opens `/metrics`, in place of a login. */
  metricsToken?: string | undefined;
  /** Messages are shown without what may be personal in them. */
  maskPersonalData?: boolean;
  /** Opens `/login?code=` once. */
  loginCode?: string | undefined;
  /** From the making of the dashboard; default ten minutes. */
  loginCodeValidMs?: number;
  /** Goes into the signature of sessions. */
  secretKey?: string | undefined;
  /** Whether the key is this installation's. */
  secretKeyCheck?: Pick<SecretKeyCheck, "problem">;
  /** Where the workers put settled messages. */
  archive?: Archive | undefined;
  allowCustomTrackUrl?: boolean;
  /** Where senders reach the intake, for the calls to copy; without it, this host at `intakePort`. */
  intakeUrl?: string | undefined;
  /** Where this dashboard reaches the intake; without it, where senders do. */
  intakeInternalUrl?: string | undefined;
  /** Default 3000. */
  intakePort?: number;
  /** Whose word counts for a person's address, host and protocol, as Fastify's `trustProxy`; default nobody's. */
  trustProxy?: false | string[];
};

export type Dashboard = AsyncDisposable & {
  /** Gives the URL it is reached at. @throws when others could reach it without a password */
  listen(address: { host: string; port: number }): Promise<string>;
};

const tenMinutesMs = 600_000;

/** The dashboard: Bull Board and the connections behind one login. */
export async function createDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { redis, health, store, logger, password, maskPersonalData = false, trustProxy = false } = options;
  const { allowCustomTrackUrl = false, intakeUrl, intakePort = 3000 } = options;
  const archive = createVisibleArchive({ redis, archive: options.archive });
  const privacy = createPrivacy({ isMasking: maskPersonalData });
  const basePath = createBasePath(options.dashboardUrl);
  const bullBoard = createBullBoardRoutes({ redis, privacy, basePath });
  const queues = createConnectionQueues({ store, redis, board: bullBoard.board, privacy, basePath, logger });
  const loggerInstance: FastifyBaseLogger = logger;
  const logController = new LogController({ disableRequestLogging: true });
  // Bull Board's paths hold the names of connections, percent-encoded.
  const routerOptions = { maxParamLength: 1_200 };
  const app = Fastify({
    loggerInstance,
    logController,
    exposeHeadRoutes: false,
    routerOptions,
    trustProxy,
    rewriteUrl: (request) => withoutBasePath(basePath, request),
  });

  app.decorateRequest("viewer");
  await app.register(helmet, ownPageHeaders);
  serveUnderBasePath(app, basePath);
  await app.register(formbody);
  app.addHook("onRequest", refuseForeignOrigins);
  const sources = createSourceStore(redis);
  const rules = createRuleStore({ redis, secretKey: options.secretKey });
  const alerts = createAlertStore({ redis, secretKey: options.secretKey });
  auditRequests(app, { redis, snapshots: createSnapshots({ store, sources, rules }), alerts });
  const hasLogin = password !== undefined || options.openId !== undefined;
  await (hasLogin ? askForLogin(app, options) : answerThisMachineAlone(app));
  runbookRoutes(app, createCurrentSituations({ redis, health, store, archive }));
  answerProblems(app, health);
  addHealthRoutes(app, {
    readiness: async () => {
      const problem = await health.findProblem();
      if (problem !== undefined) return { problems: [problem.sentence] };
      if (options.secretKeyCheck?.problem !== undefined)
        return { problems: [options.secretKeyCheck.problem] };
      return { problems: [], warnings: await findWarnings({ redis, store, archive }) };
    },
  });
  addMetricsRoute(app, {
    read: createDashboardMetrics({ redis, health, store }),
    token: options.metricsToken,
    needsToken: hasLogin,
  });
  const styleSheet = readStyleSheet();
  app.get("/assets/dashboard.css", (_request, reply) =>
    reply.type("text/css; charset=utf-8").header("cache-control", "max-age=300").send(styleSheet),
  );
  const uplot = readUplot("uPlot.iife.min.js");
  app.get("/assets/uplot.js", (_request, reply) =>
    reply.type("text/javascript; charset=utf-8").header("cache-control", "max-age=86400").send(uplot),
  );
  await app.register(statics, {
    root: fileURLToPath(new URL("assets", import.meta.url)),
    prefix: "/assets/",
  });
  const context = {
    store,
    sources,
    rules,
    redis,
    queues,
    privacy,
    archive,
    allowCustomTrackUrl,
    intakeUrl,
    intakeInternalUrl: options.intakeInternalUrl,
    intakePort,
  };
  connectionRoutes(app, context);
  rulesRoutes(app, context);
  sourceRoutes(app, context);
  messageRoutes(app, context);
  deliveryRoutes(app, context);
  failedRoutes(app, context);
  refusedRoutes(app, context);
  replayRoutes(app, context);
  erasureRoutes(app, { ...context, secretKey: options.secretKey });
  overviewRoutes(app, context);
  tryRoutes(app, context);
  stylesRoutes(app);
  auditRoutes(app, context);
  alertRoutes(app, { ...context, alerts });
  await app.register(createApiRoutes({ ...context, alerts, secretKey: options.secretKey }), {
    prefix: "/api",
  });
  await app.register(bullBoard.routes);

  return {
    async listen({ host, port }) {
      if (!hasLogin && !isLoopback(host)) {
        throw new StartError(
          `DASHBOARD_PASSWORD is missing: without it the dashboard does not listen on ${host}, which other machines reach. Set it, or HOST=127.0.0.1.`,
        );
      }
      return (await app.listen({ host, port })) + basePath.path;
    },
    async [Symbol.asyncDispose]() {
      await app.close();
      await queues[Symbol.asyncDispose]();
    },
  };
}

function answerThisMachineAlone(app: FastifyInstance): void {
  app.addHook("onRequest", refuseForeignHosts);
  app.addHook("onRequest", async (request) => {
    request.viewer = { user: "this machine", canLogOut: false, canWrite: true, situations: [] };
  });
}

async function askForLogin(app: FastifyInstance, login: DashboardOptions): Promise<void> {
  const { redis, logger, password, readOnlyPassword, secretKey, apiToken } = login;
  const { loginCode: code, loginCodeValidMs: validMs = tenMinutesMs } = login;
  await app.register(cookie, {
    secret: sessionSecret({ password, readOnlyPassword, secretKey }),
    parseOptions: { path: app.basePath.addTo("/") },
  });
  const sessions = createSessions({ redis, logger });
  app.addHook("onRequest", requireSession({ sessions, apiToken }));
  app.addHook("onRequest", requireOperator);
  const oneTimeCode = createOneTimeCode({ code, validMs });
  const openId = login.openId && createOpenId(login.openId);
  await loginRoutes(app, { sessions, password, readOnlyPassword, oneTimeCode, openId });
  sessionRoutes(app, sessions);
}
