import type { FastifyReply } from "fastify";
import type { Html } from "./html.ts";

/** The way out of every page of ours. Nothing of the dashboard is kept by browsers or proxies. */
export async function sendPage(reply: FastifyReply, page: Html, status = 200): Promise<FastifyReply> {
  const text = reply.server.basePath.addToMarkup(String(await page));
  return reply.code(status).type("text/html; charset=utf-8").header("cache-control", "no-store").send(text);
}
