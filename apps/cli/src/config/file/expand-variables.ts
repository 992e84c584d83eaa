import type { Environment } from "../../environment.ts";

const pattern = /\$\$\{|\$\{([^}]*)\}/g;

/** Replaces each `${NAME}` by the variable's value; `$${` stands for `${`. Problems never hold a value. */
export function expandVariables(
  text: string,
  environment: Environment,
): { text: string; problems: string[] } {
  const problems: string[] = [];
  const expanded = text.replace(pattern, (found, name: string | undefined) => {
    if (name === undefined) return "${";
    const value = environment[name] ?? "";
    if (value === "") problems.push(describe(name));
    return value === "" ? found : value;
  });
  return { text: expanded, problems };
}

/** The text that is read as this one. */
export function escapeVariables(text: string): string {
  return text.replaceAll("${", "$${");
}

function describe(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name)
    ? `The variable ${name} is not set: set it in the environment.`
    : "The name of a variable has letters, digits and _ alone, such as SHOP_API_KEY: correct it.";
}
