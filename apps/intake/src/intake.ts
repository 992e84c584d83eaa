import {
  addHealthRoutes,
  addMetricsRoute,
  type Logger,
  type Readiness,
  type Tracing,
} from "@customerio-router/service";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from "fastify";
import { documentApi } from "./http/api/document-api.ts";
import { addBatchRoutes } from "./http/batch-routes.ts";
import { addCallRoutes } from "./http/call-routes.ts";
import { answerClientError } from "./http/client-error.ts";
import { answerPreflight, crossOriginHeaders } from "./http/cross-origin.ts";
import { addScriptRoutes } from "./http/script-routes.ts";
import { addSdkMetricsRoutes } from "./http/sdk-metrics-routes.ts";
import { securityHeaders } from "./http/security-headers.ts";
import { sendReply } from "./http/send-reply.ts";
import { addSettingsRoutes } from "./http/settings-routes.ts";
import { createIntakeMetrics, type IntakeMetrics } from "./intake-metrics.ts";
import { createReceive, type ReceiveOptions } from "./receive/receive.ts";
import { Refusal } from "./receive/refusal.ts";
import { reportRefusals } from "./receive/report-refusals.ts";
import { traceReceive } from "./receive/trace-receive.ts";

/** Request timeout; mobile networks are slow. */
const requestTimeoutMs = 60_000;

export type IntakeOptions = Omit<ReceiveOptions, "metrics"> & {
  logger: Logger;
  metrics?: IntakeMetrics;
  /** Left out: no traces. */
  tracing?: Tracing | undefined;
  readiness: () => Promise<Readiness> | Readiness;
  metricsToken?: string | undefined;
  /** Addresses of proxies that are trusted to name the client's address. */
  trustProxy?: false | string[];
  /** How long a connection may wait for its next request. Left out: 75 s. */
  keepAliveTimeoutMs?: number;
  /** Where browsers reach the intake; without it, under the address of their request. */
  intakeUrl?: string | undefined;
};

/**
 * The HTTP server that takes calls, not yet listening: `listen({ port, host })`, `close()`. It never answers 408, 413,
 * 415 or a redirect, which SDKs resend or take for success. Fastify's own log stays off: URLs may hold write keys.
 */
export async function createIntake(options: IntakeOptions): Promise<FastifyInstance> {
  const { logger, tracing, readiness, metricsToken, intakeUrl, trustProxy = false, ...receiving } = options;
  const { metrics = createIntakeMetrics(), keepAliveTimeoutMs = 75_000, refusedCalls } = options;
  const app = Fastify({
    trustProxy,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    // While stopping, open connections get an ordinary reply and `connection: close`.
    return503OnClosing: false,
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      // A write key of 200 characters, percent-encoded three for one.
      maxParamLength: 600,
    },
    clientErrorHandler: (error, socket) => {
      if (answerClientError(error, socket)) refuseUnread(badRequest);
    },
    frameworkErrors: (error, _request, reply) => void refuse(error, reply.headers(headersOfAllReplies)),
  });
  const report = reportRefusals({ logger, metrics });

  /** Reports the refusal of a request that was not received as a call. */
  function refuseUnread(refusal: Refusal): Refusal {
    refusedCalls?.add({ status: refusal.status, reason: refusal.reason });
    return report(refusal);
  }

  function refuse(error: FastifyError, reply: FastifyReply): FastifyReply {
    const isOurs = (error.statusCode ?? 500) >= 500;
    if (isOurs) logger.error({ err: error }, "could not answer a request");
    return sendReply(reply, refuseUnread(isOurs ? brokenOurselves : badRequest));
  }

  // With callbacks: a promise per hook and request costs measurably.
  app.addHook("onRequest", ({ raw }, reply, done) => {
    reply.headers(headersOfAllReplies);
    // SDKs send JSON as a form, as plain text or without a type, which Fastify would answer 415.
    raw.headers["content-type"] = "application/json";
    done();
  });
  app.addHook("onRequest", answerPreflight);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", (_request, _body, done) => done(null));
  app.setErrorHandler<FastifyError>((error, _request, reply) => refuse(error, reply));
  app.setNotFoundHandler((_request, reply) => sendReply(reply, refuseUnread(unknownPath)));

  const reported = traceReceive(createReceive({ ...receiving, metrics }), { tracing, report });
  await documentApi(app);
  addCallRoutes(app, { receive: reported });
  addBatchRoutes(app, { receive: reported });
  addSdkMetricsRoutes(app, { metrics });
  addSettingsRoutes(app, { intakeUrl });
  await addScriptRoutes(app);
  addHealthRoutes(app, { readiness });
  addMetricsRoute(app, { read: metrics.read, token: metricsToken });
  return app;
}

const headersOfAllReplies = { ...securityHeaders, ...crossOriginHeaders };
const badRequest = new Refusal(400, "bad-request", "This is not a valid request.");
const unknownPath = new Refusal(
  404,
  "unknown-path",
  "Send calls to POST /v1/track, or the path of another type, or /v1/batch.",
);
const brokenOurselves = new Refusal(
  500,
  "internal-error",
  "The intake failed: send the messages again later.",
);
