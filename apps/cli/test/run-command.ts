import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const compileCache = fileURLToPath(new URL("../../../node_modules/.cache/compiled", import.meta.url));

export type Ran = { code: number | null; stdout: string; stderr: string };

/** `npm run cli -- ARGS` as a process of its own, with nothing but `env` in its environment. */
export async function runCommand(
  args: string[],
  { env = {}, input = "" }: { env?: Record<string, string>; input?: string } = {},
): Promise<Ran> {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH, NODE_COMPILE_CACHE: compileCache, ...env },
  });
  child.stdin.on("error", () => "a command that refuses its options reads nothing");
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { code, stdout, stderr };
}
