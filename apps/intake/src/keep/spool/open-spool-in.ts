import { existsSync } from "node:fs";
import { join } from "node:path";
import { restrictDataDir } from "@customerio-router/service";
import { openSpool, type Spool } from "./spool.ts";

/**
 * Opens the spool in the folder for what is kept on disk. Switched off, with 0 bytes, there is none, unless there was
 * one: then what stands in it is drained if it can be opened, and nothing goes in.
 *
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
