import { explainRedisReply } from "@customerio-router/redis";
import { EnvironmentError } from "@customerio-router/service";
import { CommandError } from "./command-error.ts";

/** Why a command failed, without a stack. */
export function explainError(error: unknown): string {
  if (error instanceof EnvironmentError) return `invalid environment:\n${error.message}`;
  if (error instanceof CommandError) return error.message;
  return error instanceof Error ? (explainRedisReply(error)?.sentence ?? error.message) : String(error);
}
