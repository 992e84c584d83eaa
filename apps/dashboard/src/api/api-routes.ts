import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import dashboard from "../../package.json" with { type: "json" };
import { alertApi } from "./alerts/alert-routes.ts";
import type { ApiContext } from "./api-context.ts";
import { auditApi } from "./audit-api.ts";
import { connectionApi } from "./connection-api.ts";
import { erasureApi } from "./erasure-api.ts";
import { ledgerApi } from "./ledger-api.ts";
import { messageApi } from "./message-api.ts";
import { overviewApi } from "./overview-api.ts";
import { refusedApi } from "./refused-api.ts";
import { ruleApi } from "./rules/rule-api.ts";
import { sourceApi } from "./sources/source-api.ts";

/** The same by machine: JSON, to be registered under `/api`, described in OpenAPI at its `/openapi.json`. */
export function createApiRoutes(context: ApiContext): (api: FastifyInstance) => Promise<void> {
  return async (api) => {
    const { basePath } = api;
    await api.register(swagger, {
      openapi: {
        openapi: "3.1.0",
        info: {
          title: "customerio-router",
          version: dashboard.version,
          description:
            "Manages sources and connections, shows each message's outcome and the overview's figures, accounts for every message, lists refused calls, erases people, sends alerts, and tells who did what.",
        },
        components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
        ...(basePath.path !== "" && { servers: [{ url: basePath.path }] }),
        security: [{ token: [] }],
      },
    });
    // The schemas describe; what is sent is not cut down to them.
    api.setSerializerCompiler(() => (data) => JSON.stringify(data));
    connectionApi(api, context);
    ruleApi(api, context);
    sourceApi(api, context);
    messageApi(api, context);
    overviewApi(api, context);
    ledgerApi(api, context);
    erasureApi(api, context);
    refusedApi(api, context);
    alertApi(api, context);
    auditApi(api, context);
    api.get("/openapi.json", { schema: { hide: true } }, () => api.swagger());
  };
}
