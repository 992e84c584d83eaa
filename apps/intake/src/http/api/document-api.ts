import fastifySwagger from "@fastify/swagger";
import fastifySwaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";

const contentSecurityPolicy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Describes the tagged routes that are added after it: as OpenAPI at `/openapi.json`, and as pages with a form to try
 * each at `/docs`, without external assets. The schemas only describe; each route validates its requests itself.
 */
export async function documentApi(app: FastifyInstance): Promise<void> {
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  await app.register(fastifySwagger, {
    hideUntagged: true,
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "customerio-router",
        description: "Accepts analytics calls and delivers them to Customer.io.",
        version: "1",
      },
      tags: [
        { name: "calls", description: "One call per request; the short paths are those of browser SDKs" },
        { name: "batches", description: "Many calls per request" },
        { name: "browsers", description: "Settings and scripts that browser SDKs load" },
      ],
      security: [{ basic: [] }, { query: [] }],
      components: {
        securitySchemes: {
          basic: { type: "http", scheme: "basic", description: "The write key as user name; no password" },
          query: { type: "apiKey", in: "query", name: "writeKey", description: "For beacons" },
        },
      },
    },
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: "/docs",
    staticCSP: contentSecurityPolicy,
    theme: {
      title: "customerio-router: API",
      // Its bar shows only Swagger's name and a field for other documents.
      css: [{ filename: "theme.css", content: ".swagger-ui .topbar { display: none }" }],
    },
    // Without the external validator, which would fetch the document.
    uiConfig: { validatorUrl: null },
  });
  app.get("/openapi.json", () => app.swagger());
}
