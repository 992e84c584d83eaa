import { createCommand, redisVariables } from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { giveUpKeys } from "./give-up-keys.ts";
import { sealAnew } from "./seal-anew.ts";

export function createRekeyCommand(environment: Environment) {
  return createCommand("rekey", {
    summary: "Encrypt all API keys with a new SECRET_KEY",
    description:
      "They were encrypted with OLD_SECRET_KEY and will be with SECRET_KEY. Afterwards restart intake, workers and dashboard with the new SECRET_KEY.",
    examples: [
      "OLD_SECRET_KEY=... SECRET_KEY=... REDIS_URL=... npm run cli -- rekey",
      "SECRET_KEY=... REDIS_URL=... npm run cli -- rekey --lost",
    ],
    variables: [...redisVariables, "SECRET_KEY", "OLD_SECRET_KEY"],
    exitCode1: "neither key decrypts an API key; every other API key is encrypted anew",
  })
    .option(
      "--lost",
      "OLD_SECRET_KEY is lost: delete the API keys that the new SECRET_KEY does not decrypt, and keep everything else",
    )
    .option("--json", "print JSON: ids of connections")
    .action((options) => (options.lost ? giveUpKeys(environment, options) : sealAnew(environment, options)));
}
