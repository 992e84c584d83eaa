import { spawnSync } from "node:child_process";

/** Runs a command and shows its output on standard error. Throws when it fails; what it wrote says why. */
export function run(command, args) {
  // Standard input belongs to what runs afterwards.
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", 2, 2] });
  if (error) throw new Error(`\`${command}\` cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(`\`${[command, ...args].join(" ")}\` failed`);
}

/** Whether a command succeeds; its output is not shown. */
export function succeeds(command, args) {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

export function say(text) {
  console.error(`set-up: ${text}`);
}
