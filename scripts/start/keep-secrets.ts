import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StartConfig } from "./plan.ts";

export type Secrets = { secretKey: string; dashboardPassword: string };

/** The environment's secrets, or those that were made at the first start and are kept for the owner's eyes only. */
export async function keepSecrets(config: StartConfig): Promise<Secrets> {
  const { DATA_DIR, SECRET_KEY, DASHBOARD_PASSWORD } = config;
  const keep = (name: string, bytes: number) =>
    readOrMake(join(DATA_DIR, name), () => randomBytes(bytes).toString("base64url"));
  return {
    secretKey: SECRET_KEY ?? (await keep("secret-key", 32)),
    dashboardPassword: DASHBOARD_PASSWORD ?? (await keep("dashboard-password", 15)),
  };
}

async function readOrMake(path: string, make: () => string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const secret = make();
  await writeFile(path, `${secret}\n`, { mode: 0o600, flag: "wx" });
  return secret;
}
