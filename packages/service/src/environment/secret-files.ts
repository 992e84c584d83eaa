import { readFileSync } from "node:fs";
import { type EnvironmentVariableName, environmentVariables } from "./environment.ts";
import type { EnvironmentVariable } from "./environment-variable.ts";

type Variables = typeof environmentVariables;
type Source = { readonly [name: string]: string | undefined };

/** Names the file that holds a secret. */
export type SecretFileVariable = {
  [Name in EnvironmentVariableName]: Variables[Name] extends { secret: true } ? `${Name}_FILE` : never;
}[EnvironmentVariableName];

/** For each secret variable the one that names its file, in README's order. */
export const secretFileVariables = Object.entries<EnvironmentVariable>(environmentVariables)
  .filter(([, { secret }]) => secret)
  .map(([name]) => `${name}_FILE` as SecretFileVariable);

/** Whether a variable, or the file with its value, is set. */
export function isGiven(source: Source, name: EnvironmentVariableName): boolean {
  return Boolean(source[name] || source[fileVariableOf(name) ?? ""]);
}

/** A variable's text, and which variable gave it; or what is wrong with the file. */
export type Given = { by: EnvironmentVariableName | SecretFileVariable } & (
  | { text: string | undefined }
  | { problem: string }
);

/** Line breaks at the end of a file, which editors and `echo` add, are not part of the secret. */
export function readGiven(source: Source, name: EnvironmentVariableName): Given {
  const by = fileVariableOf(name);
  const path = by && source[by];
  if (!path) return { by: name, text: source[name] || undefined };
  if (source[name]) return { by, problem: `and ${name} are both set: set one of them` };
  try {
    const text = readFileSync(path, "utf8").replace(/[\r\n]+$/, "");
    return text === ""
      ? { by, problem: `names an empty file (it is ${JSON.stringify(path)})` }
      : { by, text };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { by, problem: `cannot be read: ${code} (it is ${JSON.stringify(path)})` };
  }
}

function fileVariableOf(name: EnvironmentVariableName): SecretFileVariable | undefined {
  return secretFileVariables.find((variable) => variable === `${name}_FILE`);
}
