import { parseArgs } from "node:util";
import { EnvironmentError, readEnvironment, readSecretArgument } from "@customerio-router/service";
import { ImportError } from "./import-error.ts";

export type ImportOptions = {
  /** NDJSON, one call a line; packed with gzip when its name ends in `.gz`. */
  file: string;
  intakeUrl: string;
  writeKey: string;
  /** Messages a second at most; as fast as the intake takes them without it. */
  rate: number | undefined;
  /** Where it is written down how far an import has come. */
  dataDir: string;
};

export const usage = `npm run import -- FILE [--write-key -] [--url URL] [--rate N]

  FILE         calls as NDJSON, one a line; gzip when the name ends in .gz
  --write-key  write key of the connection to import into; - reads it from standard input. Default: WRITE_KEY
               of the environment. Everybody on the machine sees a key that is an argument
  --url        where the intake is (or INTAKE_URL); default http://127.0.0.1:3000
  --rate       messages a second at most`;

/** Throws an `ImportError` that says what is wrong with the command line or the environment. */
export async function readOptions({
  args,
  environment,
}: {
  args: string[];
  environment: { readonly [name: string]: string | undefined };
}): Promise<ImportOptions> {
  const { values, positionals } = parse(args);
  const config = readConfig(environment);
  const [file, ...others] = positionals;
  const writeKey = (await readSecretArgument(values["write-key"])) ?? config.WRITE_KEY;
  const intakeUrl = values.url ?? config.INTAKE_URL ?? `http://127.0.0.1:${config.INTAKE_PORT}`;
  const rate = values.rate === undefined ? undefined : Number(values.rate);
  if (file === undefined || others.length > 0) throw wrong("name one file");
  if (writeKey === "") throw wrong("--write-key - reads the key from standard input, which is empty");
  if (writeKey === undefined) throw wrong("the write key is missing: set WRITE_KEY, or --write-key -");
  if (!/^https?:$/.test(URL.parse(intakeUrl)?.protocol ?? ""))
    throw wrong("--url must be a URL of http or https");
  if (rate !== undefined && !(rate > 0)) throw wrong("--rate must be a number above 0");
  return { file, writeKey, intakeUrl: intakeUrl.replace(/\/+$/, ""), rate, dataDir: config.DATA_DIR };
}

function parse(args: string[]) {
  try {
    const option = { type: "string" } as const;
    return parseArgs({
      args,
      allowPositionals: true,
      options: { "write-key": option, url: option, rate: option },
    });
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

function readConfig(environment: { readonly [name: string]: string | undefined }) {
  try {
    return readEnvironment(environment, ["WRITE_KEY", "INTAKE_URL", "INTAKE_PORT", "DATA_DIR"]);
  } catch (error) {
    if (error instanceof EnvironmentError) throw new ImportError(error.message);
    throw error;
  }
}

function wrong(message: string): ImportError {
  return new ImportError(message, { isUsage: true });
}
