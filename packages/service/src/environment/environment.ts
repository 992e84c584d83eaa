import { accessVariables } from "./variables/access.ts";
import { connectionVariables } from "./variables/connection.ts";
import { listeningVariables } from "./variables/listening.ts";
import { logsAndTracesVariables } from "./variables/logs-and-traces.ts";
import { openIdVariables } from "./variables/open-id.ts";
import { redisServerVariables } from "./variables/redis.ts";
import { requestsVariables } from "./variables/requests.ts";
import { sandboxVariables } from "./variables/sandbox.ts";
import { storageVariables } from "./variables/storage.ts";

/** Every environment variable of the project, in README's order. Nothing else reads the environment. */
export const environmentVariables = {
  ...redisServerVariables,
  ...listeningVariables,
  ...logsAndTracesVariables,
  ...storageVariables,
  ...requestsVariables,
  ...accessVariables,
  ...openIdVariables,
  ...connectionVariables,
  ...sandboxVariables,
} as const;

export type EnvironmentVariableName = keyof typeof environmentVariables;
