import { archiveVariables } from "@customerio-router/archive";
import {
  EnvironmentError,
  type EnvironmentVariableName,
  environmentVariables,
  isGiven,
  readEnvironment,
  redisVariables,
} from "@customerio-router/service";
import type { Environment } from "../environment.ts";
import { type Finding, good, wrong } from "./finding.ts";

export const doctorVariables = [
  ...redisVariables,
  ...(["SECRET_KEY", "ALLOW_CUSTOM_TRACK_URL", "ARCHIVE_CUT_MS"] as const),
  ...(["HOST", "INTAKE_PORT", "DASHBOARD_PORT", "WORKER_PORT"] as const),
  ...archiveVariables,
] as const;

const withoutRedis = doctorVariables.filter((name) => name !== "REDIS_URL");

/** What the other checks need of the environment; what is invalid there counts as not set. */
export type DoctorConfig = ReturnType<typeof readEnvironment<(typeof withoutRedis)[number]>> & {
  REDIS_URL: string | undefined;
};

/** Reads every variable as the apps do. */
export function checkEnvironment(environment: Environment): { findings: Finding[]; config: DoctorConfig } {
  const names = Object.keys(environmentVariables) as EnvironmentVariableName[];
  const isSet = (name: EnvironmentVariableName) => isGiven(environment, name);
  // A machine without a dashboard needs no password, and the check of SECRET_KEY says when it is missing.
  const problems = findProblems(
    environment,
    names.filter((name) => isSet(name) || name !== "DASHBOARD_PASSWORD"),
  );
  const valid = { ...environment };
  for (const { name } of problems) delete valid[name];
  return {
    findings:
      problems.length > 0
        ? problems.map(({ name, problem }) => wrong("Environment", `${name} ${problem}`))
        : [good("Environment", `${names.filter(isSet).length} variables are set, and all are valid.`)],
    config: isGiven(valid, "REDIS_URL")
      ? readEnvironment(valid, doctorVariables)
      : { ...readEnvironment(valid, withoutRedis), REDIS_URL: undefined },
  };
}

function findProblems(environment: Environment, names: EnvironmentVariableName[]) {
  try {
    readEnvironment(environment, names);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
}
