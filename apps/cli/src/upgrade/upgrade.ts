import { formatVersion, raiseFormat, readFormat } from "@customerio-router/redis";
import { readEnvironment, redisFromEnvironment, redisVariables } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import { confirm } from "../confirm.ts";
import type { Environment } from "../environment.ts";
import { openStore } from "../open-store.ts";
import { printResult } from "../print-result.ts";
import { nameProcess, readProcesses } from "./processes.ts";

type Options = { yes?: true | undefined; force?: true | undefined; json?: true | undefined };

/** Raises the format of the stored data to the newest that this version reads. */
export async function upgrade(environment: Environment, options: Options): Promise<void> {
  const config = readEnvironment(environment, redisVariables, { required: ["REDIS_URL"] });
  await using open = await openStore({
    ...redisFromEnvironment(config),
    secretKey: undefined,
    allowCustomTrackUrl: true,
  });
  const { redis } = open;
  const [before, processes] = await Promise.all([readFormat(redis), readProcesses(redis)]);
  const json = { before, now: formatVersion, processes };
  if (before === formatVersion) {
    return printResult({ text: `The data has format ${formatVersion} already.`, json }, options);
  }
  const older = processes.filter(({ isOlder }) => isOlder);
  if (older.length > 0 && !options.force) {
    throw new CommandError(
      [
        "processes of an older version are alive: restart them with this version, or pass --force.",
        ...older.map((one) => `  ${nameProcess(one)}`),
      ].join("\n"),
    );
  }
  if (!options.yes) {
    console.error(
      [
        `The data has format ${before} and gets format ${formatVersion}: then you cannot roll back to a version that reads only format ${before}.`,
        `Alive: ${processes.length === 0 ? "no worker and no intake" : ""}`,
        ...processes.map((one) => `  ${nameProcess(one)}`),
        "Dashboards, and intakes of the first versions, are not in this list.",
      ].join("\n"),
    );
    await confirm(["Upgrade now?"]);
  }
  await raiseFormat(redis);
  printResult({ text: `The data has format ${formatVersion} now; it had format ${before}.`, json }, options);
}
