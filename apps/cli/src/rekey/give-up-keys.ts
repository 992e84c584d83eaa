import { rekeyLost, rekeyLostErasures } from "@customerio-router/connections";
import { readEnvironment, redisFromEnvironment, redisVariables } from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { openStore } from "../open-store.ts";
import { printResult } from "../print-result.ts";
import { readNames } from "./read-names.ts";
import { restartNotice } from "./restart-notice.ts";

const variables = [...redisVariables, "SECRET_KEY"] as const;

/** Deletes the API keys that SECRET_KEY does not open. */
export async function giveUpKeys(
  environment: Environment,
  options: { json?: true | undefined },
): Promise<void> {
  const config = readEnvironment(environment, variables, { required: ["SECRET_KEY"] });
  const { SECRET_KEY: secretKey } = config;
  await using open = await openStore({
    ...redisFromEnvironment(config),
    secretKey,
    allowCustomTrackUrl: true,
  });
  const lost = await rekeyLost({ redis: open.redis, secretKey });
  const erasures = await rekeyLostErasures({ redis: open.redis, secretKey });
  const lines = [`${lost.length} API keys deleted; everything else is unchanged.`];
  if (lost.length > 0) {
    const nameOf = await readNames(open);
    lines.push(
      restartNotice,
      "Then enter the API Key of these connections again:",
      ...lost.map((id) => `  ${nameOf(id)}`),
    );
  }
  if (erasures > 0) {
    lines.push(
      `The list of erased people is lost too: ${erasures} erasures count no more. Erase these people again.`,
    );
  }
  printResult({ text: lines.join("\n"), json: { lost, erasures } }, options);
}
