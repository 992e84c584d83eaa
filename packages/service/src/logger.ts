import { explainRedisReply } from "@customerio-router/redis";
import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

/** Names under which a secret could stand in something logged, at the top and one level down. */
const secretNames = ["apiKey", "writeKey", "password", "secretKey", "authorization", "cookie", "headers"];

/**
 * A JSON logger, to standard output unless `destination` says otherwise. Known names of secrets are censored, and of an error nothing is written but
 * its type, message, code, stack and causes: errors of HTTP clients carry passwords and bodies in other fields.
 */
export function createLogger({
  name,
  level,
  destination = pino.destination({ fd: 1, sync: true }),
}: {
  name: string;
  level: string;
  destination?: DestinationStream;
}): Logger {
  return pino(
    {
      name,
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretNames.flatMap((secret) => [secret, `*.${secret}`]), censor: "[secret]" },
      serializers: { err: describeError, error: describeError },
    },
    destination,
  );
}

/** An error as plain data that is safe to log. What ioredis or Redis says, which may quote what was sent, becomes a sentence. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const explained = explainRedisReply(error)?.sentence;
  return {
    type: error.name,
    message: explained ?? error.message,
    ...("code" in error && { code: error.code }),
    stack: explained === undefined ? error.stack : stackWith(error, explained),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
    ...(error instanceof AggregateError && { errors: error.errors.map(describeError) }),
    ...(error instanceof SuppressedError && { errors: [error.error, error.suppressed].map(describeError) }),
  };
}

/** Where it happened, without the error's own words. */
function stackWith({ name, stack = "" }: Error, sentence: string): string {
  const places = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return [`${name}: ${sentence}`, ...places].join("\n");
}
