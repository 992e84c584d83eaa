import { SecretKeyError } from "@customerio-router/connections";
import { explainRedisReply, OlderFormatError, type RedisHealth } from "@customerio-router/redis";
import type { FastifyError, FastifyInstance, FastifyRequest } from "fastify";
import { type Problem, sendProblem } from "./send-problem.ts";

/** Answers errors and unknown paths with a page that says what to do; what happened stands in the log. */
export function answerProblems(app: FastifyInstance, health: Pick<RedisHealth, "problem">): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = statusOf(error);
    if (status >= 500) request.log.error({ err: error, url: request.routeOptions.url }, "a request failed");
    const again = isForm(request) ? sendAgain : "Nothing is lost; try again in a moment.";
    return sendProblem(request, reply, { status, ...inWords(status, error, { health, again }) });
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, {
      status: 404,
      title: "Not found",
      message: "There is no page at this address.",
    }),
  );
}

/** The browser's Back shows the form again without what was entered. */
const sendAgain =
  "No message is lost. What you asked for may not have been done: reload this page in a moment, which sends the form again with what you entered.";

function isForm({ method, headers }: FastifyRequest): boolean {
  return method === "POST" && headers.accept?.includes("text/html") === true;
}

function statusOf(error: FastifyError): number {
  if (error.statusCode !== undefined && error.statusCode >= 400) return error.statusCode;
  if (error instanceof OlderFormatError) return 409;
  return explainRedisReply(error) ? 503 : 500;
}

function inWords(
  status: number,
  error: FastifyError,
  { health: { problem }, again }: { health: Pick<RedisHealth, "problem">; again: string },
): Omit<Problem, "status"> {
  if (error instanceof SecretKeyError)
    return { title: "SECRET_KEY is missing or wrong", message: error.message };
  if (status === 503)
    return {
      title: "Redis is not available",
      // What `/readyz` says: an error of one command says less.
      message: `${problem?.sentence ?? explainRedisReply(error)?.sentence ?? error.message} ${again}`,
    };
  if (status >= 500) return { title: "Something went wrong", message: "The dashboard's log has the reason." };
  if (error instanceof OlderFormatError) return { title: "Not before the upgrade", message: error.message };
  if (status === 403) return { title: "Not for readers", message: error.message };
  return { title: status === 429 ? "Too many requests" : "The request failed", message: error.message };
}
