import { EnvironmentError } from "@customerio-router/service";
import { CommandError } from "./command-error.ts";

/** Why a command failed, without a stack. */
export async function explainError(error: unknown): Promise<string> {
  if (error instanceof EnvironmentError) return `invalid environment:\n${error.message}`;
  if (error instanceof CommandError) return error.message;
  const { explainRedisReply } = await import("@customerio-router/redis");
  return error instanceof Error ? (explainRedisReply(error)?.sentence ?? error.message) : String(error);
}
