import { startProcess } from "@customerio-router/fixtures";
import type { System } from "../system.ts";

/** Runs `cli upgrade --yes`. @returns what it said @throws when it failed */
export async function runUpgradeCommand({ environment }: System): Promise<string> {
  return await runCli(environment, ["upgrade", "--yes"]);
}

/** @returns what a command wrote @throws when it failed */
export async function runCli(environment: Record<string, string>, args: string[]): Promise<string> {
  await using child = await startProcess({ entry: "apps/cli/src/main.ts", args, env: environment });
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`cli ${args.join(" ")} ended with ${code}: ${child.output}`);
  return child.stdout.trim();
}
