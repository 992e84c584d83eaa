import { type DestinationStream, type Logger, pino } from "pino";
import { explainRedisReply } from "./redis/explain-redis-error.ts";

export type { Logger } from "pino";

/** Names under which a secret could stand in something logged, at the top and one level down. */
const secretNames = ["apiKey", "writeKey", "password", "secretKey", "authorization", "cookie", "headers"];

/**
 * A JSON logger to standard output. Known names of secrets are censored, and of an error nothing is written but
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

/** An error as plain data that is safe to log. What ioredis or Redis says is put in a sentence; its own words stay in the stack. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return {
    type: error.name,
    message: explainRedisReply(error)?.sentence ?? error.message,
    ...("code" in error && { code: error.code }),
    stack: error.stack,
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
    ...(error instanceof AggregateError && { errors: error.errors.map(describeError) }),
    ...(error instanceof SuppressedError && { errors: [error.error, error.suppressed].map(describeError) }),
  };
}
