import { ApiKeyError } from "@customerio-router/connections";
import { explainRedisReply } from "@customerio-router/redis";
import { EnvironmentError } from "@customerio-router/service";

/** What the person who typed the command has to mend; told without a stack. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Runs a command and ends the process: 0, or 1 with the reason on standard error. */
export async function runCli(name: string, command: () => Promise<void>): Promise<never> {
  try {
    await command();
    process.exit(0);
  } catch (error) {
    console.error(`npm run ${name}: ${explain(error)}`);
    process.exit(1);
  }
}

function explain(error: unknown): string {
  if (error instanceof EnvironmentError) return `this environment will not do:\n${error.message}`;
  if (error instanceof UsageError || error instanceof ApiKeyError) return error.message;
  return error instanceof Error ? (explainRedisReply(error)?.sentence ?? error.message) : String(error);
}
