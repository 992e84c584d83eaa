import { createCommand } from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { printResult } from "../print-result.ts";
import { doctorVariables } from "./check-environment.ts";
import { examine } from "./examine.ts";
import { formatFindings } from "./format-findings.ts";

export function createDoctorCommand(environment: Environment) {
  return createCommand("doctor", {
    summary: "Check the installation, and say what to do about what is wrong",
    description:
      "Checks the environment, Redis, SECRET_KEY, processes, connections and their keys, spool, archive, DATA_DIR and ports. Run it with the environment of the apps. It prints no secret and ends within about ten seconds",
    examples: ["npm run cli -- doctor", "npm run --silent cli -- doctor --json"],
    variables: doctorVariables,
    exitCode1: "something is wrong",
  })
    .option("--json", "print JSON: ok, and each check with its text, action and row of the runbook")
    .action(async (options) => {
      const checks = await examine(environment);
      const ok = checks.every((finding) => finding.ok);
      printResult({ text: formatFindings(checks), json: { ok, checks } }, options);
      if (!ok) process.exitCode = 1;
    });
}
