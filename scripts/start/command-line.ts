import { createCommand, readCommandLine } from "@customerio-router/service";

export function readOptions(args: string[]): { isOnce: boolean } {
  const command = createCommand("npm start --", {
    summary: "Run everything on this machine, with a sandbox in Customer.io's place",
    description:
      "Sends five example calls, prints what arrived, and runs until Ctrl-C. The apps read every other variable of README's table",
    examples: ["npm start", "npm start -- --once", "INTAKE_PORT=4000 LOG_LEVEL=info npm start"],
    variables: [
      "REDIS_URL",
      "INTAKE_PORT",
      "DASHBOARD_PORT",
      "SANDBOX_PORT",
      "WORKER_PORT",
      "HOST",
      "DATA_DIR",
    ],
  }).option("--once", "end once the example calls have arrived");
  const { once = false } = readCommandLine(command, args);
  return { isOnce: once };
}
