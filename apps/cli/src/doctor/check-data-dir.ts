import { access, constants, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type Finding, good, wrong } from "./finding.ts";

const sticky = 0o1000;

/** Whether DATA_DIR can be written, and by nobody else read. */
export async function checkDataDir(folder: string): Promise<Finding[]> {
  const path = resolve(folder);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return [good("DATA_DIR", `${path} does not exist yet: the first start makes it.`)];
  if (!found.isDirectory())
    return [wrong("DATA_DIR", `${path} is no folder.`, "Name another one in DATA_DIR.")];
  const canWrite = await access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!canWrite)
    return [
      wrong(
        "DATA_DIR",
        `${path} cannot be written by this user.`,
        "Give it to the user who runs the apps: chown -R <user> DATA_DIR.",
      ),
    ];
  const isOpen = (found.mode & 0o077) !== 0 && (found.mode & sticky) === 0;
  if (isOpen)
    return [wrong("DATA_DIR", `Others on this machine can read ${path}.`, `Run chmod -R go= ${path}`)];
  return [good("DATA_DIR", `${path} can be written, and is its owner's alone.`)];
}
