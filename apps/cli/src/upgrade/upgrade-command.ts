import { createCommand, redisVariables } from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { upgrade } from "./upgrade.ts";

export function createUpgradeCommand(environment: Environment) {
  return createCommand("upgrade", {
    summary: "Let this version store what the version before cannot read",
    description:
      "Run it once every intake, worker and dashboard runs this version, and you will not roll back. Afterwards versions that read only the former format refuse to start. docs/upgrade.md has the whole way",
    examples: ["REDIS_URL=... npm run cli -- upgrade", "REDIS_URL=... npm run cli -- upgrade --yes --json"],
    variables: redisVariables,
    exitCode1: "a process of an older version is alive",
  })
    .option("--yes", "do not ask")
    .option("--force", "upgrade although processes of an older version are alive")
    .option("--json", "print JSON: the formats before and now, and the processes that are alive")
    .action((options) => upgrade(environment, options));
}
