import { withTimeout } from "@customerio-router/redis";
import { explainError } from "../explain-error.ts";
import { type Finding, wrong } from "./finding.ts";

/** Runs one check. One that fails or takes too long is a finding of its own, and does not keep the others from theirs. */
export async function runCheck(
  check: string,
  timeoutMs: number,
  run: () => Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    return await withTimeout(timeoutMs, run);
  } catch (error) {
    return [wrong(check, `Could not be checked: ${await explainError(error)}`)];
  }
}
