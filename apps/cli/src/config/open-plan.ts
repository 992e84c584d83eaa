import { CommandError } from "../command-error.ts";
import { openConnections } from "../connections/open-connections.ts";
import type { Environment } from "../environment.ts";
import { readConfigFile } from "./file/read-config-file.ts";
import { readInstallation } from "./plan/installation.ts";
import { makePlan } from "./plan/make-plan.ts";
import type { PlanOptions } from "./plan/plan-context.ts";
import type { Plan } from "./plan/step.ts";

export type OpenPlan = AsyncDisposable & { plan: Plan };

/** A file compared with the installation. @throws CommandError with every problem of the file */
export async function openPlan(
  path: string,
  environment: Environment,
  options: PlanOptions,
): Promise<OpenPlan> {
  const openFile = await readConfigFile(path, environment);
  const open = await openConnections(environment);
  try {
    if (open.secretKey === undefined) {
      throw new CommandError(
        "SECRET_KEY is not set, but it decrypts the API Keys that are compared: set it.",
      );
    }
    const plan = await makePlan(openFile, await readInstallation(open), options);
    return { plan, [Symbol.asyncDispose]: () => open[Symbol.asyncDispose]() };
  } catch (error) {
    await open[Symbol.asyncDispose]();
    throw error;
  }
}
