import { rekeyChannels } from "@customerio-router/alerts";
import { type Rekeyed, type Resealed, rekey } from "@customerio-router/connections";
import { readEnvironment, redisFromEnvironment, redisVariables } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import type { Environment } from "../environment.ts";
import { openStore } from "../open-store.ts";
import { printResult } from "../print-result.ts";
import { readNames } from "./read-names.ts";
import { restartNotice } from "./restart-notice.ts";

const secrets = ["SECRET_KEY", "OLD_SECRET_KEY"] as const;
const variables = [...redisVariables, ...secrets] as const;

/** Seals all API keys with SECRET_KEY that were sealed with OLD_SECRET_KEY. */
export async function sealAnew(
  environment: Environment,
  options: { json?: true | undefined },
): Promise<void> {
  const config = readEnvironment(environment, variables, { required: secrets });
  const { SECRET_KEY: secretKey, OLD_SECRET_KEY: oldSecretKey } = config;
  await using open = await openStore({
    ...redisFromEnvironment(config),
    secretKey,
    allowCustomTrackUrl: true,
  });
  const rekeyed = await rekey({ redis: open.redis, oldSecretKey, secretKey });
  const channels = await rekeyChannels({ redis: open.redis, oldSecretKey, secretKey });
  const { resealed, already, salts } = rekeyed;
  const told = `${resealed.length} API keys encrypted with the new SECRET_KEY, ${already.length} already were.${describeChannels(channels)}`;
  const isChanged =
    resealed.length + salts.resealed.length + channels.resealed.length > 0 || rekeyed.erasures === "resealed";
  printResult(
    {
      text: isChanged ? `${told}\n${restartNotice}` : told,
      json: { ...rekeyed, channels },
    },
    options,
  );
  const problems = describeUnreadable({ rekeyed, channels, nameOf: await readNames(open) });
  if (problems.length > 0) throw new CommandError(problems.join("\n"));
}

function describeChannels({ resealed }: Resealed): string {
  return resealed.length === 0 ? "" : ` Channels of alerts whose secrets were encrypted: ${resealed.length}.`;
}

type Outcome = { rekeyed: Rekeyed; channels: Resealed; nameOf: (id: string) => string };

/** What neither key decrypts, and what to do about it. */
function describeUnreadable({ rekeyed, channels, nameOf }: Outcome): string[] {
  const { unreadable, salts, erasures } = rekeyed;
  const problems: string[] = [];
  if (unreadable.length > 0) {
    const lines = unreadable.map(({ id, why }) => `  ${nameOf(id)}: ${why}`);
    problems.push(`${unreadable.length} API keys can be decrypted with neither key:`, ...lines);
  }
  if (erasures === "unreadable") {
    problems.push(
      "The key of the list of erased people can be decrypted with neither key. With --lost the list is deleted.",
    );
  }
  if (salts.unreadable.length > 0) {
    const names = salts.unreadable.map(({ id }) => nameOf(id)).join(", ");
    problems.push(
      `The salts of the rules of ${names} can be decrypted with neither key: save these rules with their salt again.`,
    );
  }
  if (channels.unreadable.length > 0) {
    problems.push(
      `The secrets of ${channels.unreadable.length} channels of alerts can be decrypted with neither key: enter them again on the page Alerts.`,
    );
  }
  return problems;
}
