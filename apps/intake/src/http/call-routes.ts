import type { CallType } from "@customerio-router/messages";
import type { FastifyInstance, RouteHandlerMethod } from "fastify";
import { readCall } from "../receive/read-call.ts";
import type { Receive } from "../receive/receive.ts";
import { callBody, callReplies } from "./api/schemas.ts";
import { sendReply } from "./send-reply.ts";

/** The short paths are those of browser SDKs. */
const paths: { readonly [Type in CallType]: readonly [string, string] } = {
  identify: ["/v1/identify", "/v1/i"],
  track: ["/v1/track", "/v1/t"],
  page: ["/v1/page", "/v1/p"],
  screen: ["/v1/screen", "/v1/s"],
  group: ["/v1/group", "/v1/g"],
  alias: ["/v1/alias", "/v1/a"],
};

const summaries: { readonly [Type in CallType]: string } = {
  identify: "Who somebody is, with their traits",
  track: "What somebody did",
  page: "Which page somebody saw",
  screen: "Which screen of an app somebody saw",
  group: "Which company, team or the like somebody belongs to",
  alias: "Two ids are the same person",
};

/** `POST /v1/track` and the other types: one call per request. */
export function addCallRoutes(app: FastifyInstance, { receive }: { receive: Receive }): void {
  for (const [type, [path, shortPath]] of Object.entries(paths) as [CallType, readonly [string, string]][]) {
    const take: RouteHandlerMethod = async (request, reply) =>
      sendReply(reply, await receive(request, (body, receipt) => readCall(type, body, receipt)));
    const schema = {
      tags: ["calls"],
      summary: summaries[type],
      body: callBody(type),
      response: callReplies,
    };
    app.post(path, { schema }, take);
    app.post(shortPath, take);
  }
}
