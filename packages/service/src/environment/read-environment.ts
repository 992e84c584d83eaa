import type { z } from "zod";
import { type EnvironmentVariableName, environmentVariables } from "./environment.ts";
import type { EnvironmentProblem } from "./environment-problem.ts";
import { environmentRules } from "./environment-rules.ts";
import type { EnvironmentVariable } from "./environment-variable.ts";
import { readGiven } from "./secret-files.ts";

/** Stands for a value that is set and unknown, so that no rule calls it missing. */
const unreadable = Symbol("unreadable");

type Variables = typeof environmentVariables;

type Value<Name extends EnvironmentVariableName> =
  | z.output<Variables[Name]["schema"]>
  | (Variables[Name] extends { default: string } | { required: true } ? never : undefined);

/** The values of the variables asked for, under their own names. */
export type Environment<
  Name extends EnvironmentVariableName,
  RequiredName extends EnvironmentVariableName = never,
> = { [Key in Name]: Value<Key> } & { [Key in RequiredName]: NonNullable<Value<Key>> };

/** Lists every problem of an environment at once, one a line. */
export class EnvironmentError extends Error {
  override name = "EnvironmentError";
  readonly problems: readonly EnvironmentProblem[];

  constructor(problems: readonly EnvironmentProblem[]) {
    super(problems.map(({ name, problem }) => `${name} ${problem}`).join("\n"));
    this.problems = problems;
  }
}

/**
 * Reads the named variables, secrets also from files. Unset and empty are the same; `required` names must be set though
 * the list lets them be left out. Throws an `EnvironmentError` with every problem.
 */
export function readEnvironment<
  const Name extends EnvironmentVariableName,
  const RequiredName extends EnvironmentVariableName = never,
>(
  source: { readonly [name: string]: string | undefined },
  names: readonly Name[],
  { required = [] }: { required?: readonly RequiredName[] } = {},
): Environment<Name, RequiredName> {
  const values: { [name: string]: unknown } = {};
  const problems: EnvironmentProblem[] = [];
  const requiredNames: readonly EnvironmentVariableName[] = required;
  for (const name of new Set<EnvironmentVariableName>([...names, ...required])) {
    const variable: EnvironmentVariable = environmentVariables[name];
    const given = readGiven(source, name);
    if ("problem" in given) {
      values[name] = unreadable;
      problems.push({ name: given.by, problem: given.problem });
      continue;
    }
    const text = given.text ?? variable.default;
    if (text === undefined) {
      values[name] = undefined;
      const isNeeded = variable.required === true || requiredNames.includes(name);
      if (isNeeded) problems.push({ name, problem: missing(variable) });
      continue;
    }
    const read = variable.schema.safeParse(text);
    values[name] = read.success ? read.data : text;
    if (read.success) continue;
    const problem = sentence(read.error, variable, text);
    problems.push({
      name: given.by,
      problem: given.by === name ? problem : `names a file whose text ${problem}`,
    });
  }
  const isNamed = (name: string) => problems.some((problem) => problem.name === name);
  for (const rule of environmentRules) problems.push(...rule(values).filter(({ name }) => !isNamed(name)));
  if (problems.length > 0) throw new EnvironmentError(problems);
  return values as Environment<Name, RequiredName>;
}

/** The values as a log line may show them: of a secret only whether it is set. */
export function describeEnvironment(values: { readonly [name: string]: unknown }): {
  [name: string]: unknown;
} {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, isSecret(name) ? value !== undefined : value]),
  );
}

function isSecret(name: string): boolean {
  const variables: { readonly [name: string]: EnvironmentVariable } = environmentVariables;
  const variable = variables[name];
  return variable === undefined || variable.secret === true;
}

function missing({ whenMissing, description }: EnvironmentVariable): string {
  return whenMissing === undefined ? `is missing. ${description}` : `is missing: ${whenMissing}`;
}

function sentence(error: z.ZodError, variable: EnvironmentVariable, text: string): string {
  const problem = error.issues[0]?.message ?? "cannot be read";
  return variable.secret ? problem : `${problem} (it is ${JSON.stringify(text)})`;
}
