import { readSecretArgument } from "@customerio-router/service";
import { CommandError } from "./command-error.ts";

/** The value of `--write-key`; `-` reads standard input. @throws CommandError when that is empty */
export async function readWriteKey(argument: string | undefined): Promise<string | undefined> {
  const writeKey = await readSecretArgument(argument);
  if (writeKey !== "") return writeKey;
  throw new CommandError(
    argument === "-"
      ? "--write-key - reads the key from standard input, which is empty"
      : "the key behind --write-key is empty: is its variable set?",
  );
}
