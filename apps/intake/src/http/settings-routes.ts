import type { FastifyInstance } from "fastify";
import { basicUserName } from "../receive/find-write-key.ts";
import { settingsReplies, sourceReplies, writeKeyParams } from "./api/schemas.ts";

/**
 * Kept by the browser alone: the reply names the host of the request, which a shared cache could be made to mix up.
 */
const cacheControl = "private, max-age=300";

type Settings = { Params: { writeKey: string } };

/**
 * What browser SDKs ask for before they send anything: where to send, and what besides. Every write key gets an
 * reply, known or not, so that pages load while Redis is away; an unknown one is refused when it sends.
 *
 * @param options.intakeUrl where browsers reach the intake; without it, under the address of the request.
 */
export function addSettingsRoutes(
  app: FastifyInstance,
  { intakeUrl }: { intakeUrl: string | undefined },
): void {
  const ofSegment = {
    tags: ["browsers"],
    summary: "Settings of Segment's and Customer.io's SDKs",
    security: [],
    params: writeKeyParams,
    response: settingsReplies,
  };
  app.get<Settings>("/v1/projects/:writeKey/settings", { schema: ofSegment }, (request, reply) => {
    const { protocol, apiHost } = addressOf(intakeUrl ?? `${request.protocol}://${request.host}`);
    const here = { apiKey: request.params.writeKey, apiHost: `${apiHost}/v1`, protocol };
    return reply.header("cache-control", cacheControl).send({
      // Without an integration of its name each of the two SDKs sends to its vendor's cloud.
      integrations: { "Segment.io": here, "Customer.io Data Pipelines": here },
      plan: {},
      // The SDKs' reports about themselves.
      metrics: { sampleRate: 0 },
    });
  });

  const ofRudderstack = {
    tags: ["browsers"],
    summary: "The source of RudderStack's SDK",
    response: sourceReplies,
  };
  app.get("/sourceConfig", { schema: ofRudderstack }, (request, reply) =>
    reply.header("cache-control", cacheControl).send({
      source: {
        id: "customerio-router",
        name: "customerio-router",
        writeKey: basicUserName(request.headers.authorization) ?? "",
        enabled: true,
        config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
        destinations: [],
      },
    }),
  );
}

/** As the SDKs take it: the protocol, and apart from it host, port and path. */
function addressOf(url: string): { protocol: string; apiHost: string } {
  const [protocol = "", apiHost = ""] = url.split("://", 2);
  return { protocol, apiHost: apiHost.replace(/\/+$/, "") };
}
