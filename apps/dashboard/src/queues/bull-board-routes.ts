import { createBullBoard } from "@bull-board/api";
import { FastifyAdapter } from "@bull-board/fastify";
import { readJsonText } from "@customerio-router/messages";
import type { RedisClient } from "@customerio-router/redis";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { BasePath } from "../base-path.ts";
import type { Viewer } from "../login/viewer.ts";
import { maskMark, type Privacy } from "../privacy/privacy.ts";
import { bullBoardHeaders } from "../security/content-security.ts";
import type { Board } from "./connection-queues.ts";
import { wakeOwners } from "./wake-owners.ts";

const place = "/queues";

/** Bull Board asks Google for fonts; nothing is fetched from outside, so the line goes and the system's fonts are used. */
const outsideFonts = /<link href="https:\/\/fonts\.googleapis\.com[^>]*>/;

export type BullBoard = { board: Board; routes: (app: FastifyInstance) => Promise<void> };

/**
 * Bull Board under `/queues`. Its writing methods pass the same checks as all others: register it where they hold. Workers
 * see at once what a person does there.
 */
export function createBullBoardRoutes({
  redis,
  privacy,
  basePath,
}: {
  redis: RedisClient;
  privacy: Privacy;
  basePath: BasePath;
}): BullBoard {
  const serverAdapter = new FastifyAdapter().setBasePath(basePath.addTo(place));
  const icon = basePath.addTo("/assets/icon.svg");
  const board = createBullBoard({
    queues: [],
    serverAdapter,
    options: {
      handlerHooks: { after: wakeOwners(redis) },
      uiConfig: {
        boardTitle: "customerio-router",
        boardLogo: { path: icon, width: 24, height: 24 },
        favIcon: { default: icon, alternative: icon },
        miscLinks: [
          { text: "Overview", url: basePath.addTo("/overview") },
          { text: "Connections", url: basePath.addTo("/") },
          { text: "Messages", url: basePath.addTo("/messages") },
          { text: "Failed", url: basePath.addTo("/failed") },
        ],
        hideDocsLink: true,
        sortQueues: true,
        // Our workers pull jobs by hand and hold no blocking connection by which Bull Board would know them.
        showWorkers: false,
      },
    },
  });

  return {
    board,
    routes: async (app) => {
      app.addHook("onRequest", async (_request, reply) => {
        await reply.helmet(bullBoardHeaders);
      });
      app.removeContentTypeParser("application/json");
      app.addContentTypeParser("application/json", { parseAs: "string" }, readBody);
      app.addHook("preHandler", refuseMasks);
      app.addHook("onSend", async (request, reply, payload) => {
        if (typeof payload !== "string" || reply.statusCode !== 200) return payload;
        const type = String(reply.getHeader("content-type"));
        if (type.startsWith("text/html")) return payload.replace(outsideFonts, "");
        if (!type.startsWith("application/json") || (request.viewer.canWrite && !privacy.isMasking))
          return payload;
        return rewrite(payload, request.viewer, privacy);
      });
      await app.register(serverAdapter.registerPlugin(), { prefix: place });
    },
  };
}

/** A job's data: large numbers keep their digits, and `__proto__` is a name like any other. */
async function readBody(_request: FastifyRequest, body: string): Promise<unknown> {
  try {
    return readJsonText(body).json;
  } catch (error) {
    throw Object.assign(new SyntaxError(`The body is not JSON: ${(error as SyntaxError).message}.`), {
      statusCode: 400,
    });
  }
}

/** Readers see no buttons to change anything with; a job's reasons and stacks may quote an address. */
function rewrite(json: string, { canWrite }: Viewer, privacy: Privacy): string {
  return JSON.stringify(JSON.parse(json), (name, value) => {
    if (name === "readOnlyMode" && !canWrite) return true;
    return typeof value === "string" ? privacy.maskSentence(value) : value;
  });
}

/** An edit of what was shown masked would save the masks. */
async function refuseMasks({ body }: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!JSON.stringify(body ?? "").includes(maskMark)) return;
  await reply.code(400).send({
    error:
      "Personal data is masked (DASHBOARD_MASK_PERSONAL_DATA), and saving would replace it with the masks.",
  });
}
