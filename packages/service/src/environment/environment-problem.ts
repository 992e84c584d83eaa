import type { EnvironmentVariableName } from "./environment.ts";
import type { SecretFileVariable } from "./secret-files.ts";

/** What is wrong with one variable. `problem` ends the sentence that begins with its name and quotes no secret. */
export type EnvironmentProblem = { name: EnvironmentVariableName | SecretFileVariable; problem: string };
