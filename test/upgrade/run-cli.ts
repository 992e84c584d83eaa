import { startProcess } from "@customerio-router/fixtures";
import type { System } from "../system.ts";

/** Runs a command of this version. @returns what it wrote, and its code where that is not 0 */
export async function runCli({ environment }: System, ...args: string[]): Promise<string> {
  await using child = await startProcess({ entry: "apps/cli/src/main.ts", args, env: environment });
  const { code } = await child.exited;
  return `cli ${args.join(" ")}: ${child.output.trim()}${code === 0 ? "" : ` (exit code ${code})`}`;
}
