import { readEnvironment } from "@customerio-router/service";
import { CommandError } from "../command-error.ts";
import type { Environment } from "../environment.ts";
import { readWriteKey } from "../read-write-key.ts";

export type ImportOptions = {
  /** NDJSON, one call per line; also packed by gzip or zstd. */
  file: string;
  intakeUrl: string;
  writeKey: string;
  /** Messages per second at most; as fast as the intake takes them without it. */
  rate: number | undefined;
  /** The folder of the state that the next import of the file continues from. */
  dataDir: string;
};

export const importVariables = ["WRITE_KEY", "INTAKE_URL", "INTAKE_PORT", "DATA_DIR"] as const;

/** @throws CommandError that says what is wrong with the command line or the environment */
export async function readOptions(
  environment: Environment,
  given: { file: string; writeKey?: string | undefined; url?: string | undefined; rate?: number | undefined },
): Promise<ImportOptions> {
  const config = readEnvironment(environment, importVariables);
  const writeKey = (await readWriteKey(given.writeKey)) ?? config.WRITE_KEY;
  const intakeUrl = given.url ?? config.INTAKE_URL ?? `http://127.0.0.1:${config.INTAKE_PORT}`;
  if (writeKey === undefined)
    throw new CommandError("the write key is missing: set WRITE_KEY, or --write-key -");
  return {
    file: given.file,
    writeKey,
    intakeUrl: intakeUrl.replace(/\/+$/, ""),
    rate: given.rate,
    dataDir: config.DATA_DIR,
  };
}
