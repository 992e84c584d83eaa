import { existsSync } from "node:fs";
import { join } from "node:path";
import { restrictDataDir } from "@customerio-router/service";
import { openSpool, type Spool } from "./spool.ts";

/**
 * Opens the spool in the data folder. With 0 bytes it is switched off: an existing spool is only drained, if it can be
 * opened, and otherwise there is none.
 * @throws with advice, when the folder cannot be used and the spool is not switched off
 */
export async function openSpoolIn(options: {
  dataDir: string;
  maxBytes: number;
  onError: (error: unknown) => void;
  onProblem: (problem: string) => void;
}): Promise<Spool | undefined> {
  const { dataDir, ...rest } = options;
  const folder = join(dataDir, "spool");
  if (rest.maxBytes === 0 && !existsSync(folder)) return undefined;
  try {
    restrictDataDir(dataDir);
    return await openSpool({ folder, ...rest });
  } catch (error) {
    const problem = `The spool in ${folder} cannot be opened (${(error as Error).message})`;
    if (rest.maxBytes > 0) {
      const advice = "set DATA_DIR to a folder that can be written, or SPOOL_BYTES to 0";
      throw new Error(`${problem}: ${advice}`, { cause: error });
    }
    rest.onProblem(`${problem}: the messages in it, if there are any, stay there`);
    return undefined;
  }
}
