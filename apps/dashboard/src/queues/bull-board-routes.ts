import { createBullBoard } from "@bull-board/api";
import { FastifyAdapter } from "@bull-board/fastify";
import type { FastifyInstance } from "fastify";
import { bullBoardHeaders } from "../security/content-security.ts";
import type { Board } from "./connection-queues.ts";

const basePath = "/queues";

/** Bull Board asks Google for fonts; nothing is fetched from outside, so the line goes and the system's fonts are used. */
const outsideFonts = /<link href="https:\/\/fonts\.googleapis\.com[^>]*>/;

export type BullBoard = { board: Board; routes: (app: FastifyInstance) => Promise<void> };

/** Bull Board under `/queues`. Its writing methods pass the same checks as all others: register it where they hold. */
export function createBullBoardRoutes(): BullBoard {
  const serverAdapter = new FastifyAdapter().setBasePath(basePath);
  const board = createBullBoard({
    queues: [],
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: "customerio-router",
        boardLogo: { path: "/assets/icon.svg", width: 24, height: 24 },
        favIcon: { default: "/assets/icon.svg", alternative: "/assets/icon.svg" },
        miscLinks: [{ text: "Connections", url: "/" }],
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
      app.addHook("onSend", async (_request, reply, payload) =>
        typeof payload === "string" && String(reply.getHeader("content-type")).startsWith("text/html")
          ? payload.replace(outsideFonts, "")
          : payload,
      );
      await app.register(serverAdapter.registerPlugin(), { prefix: basePath });
    },
  };
}
