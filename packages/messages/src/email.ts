/**
 * One pass, no backtracking: no class holds the character that ends it. It asks for what every mail address has: no spaces,
 * brackets or quotes, one `@`, a domain with a dot.
 */
const address = /^[^\s@"(),:;<>[\\\]]+@[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)+$/u;

/** True for a string that is an email address and nothing more. */
export function isEmail(value: unknown): value is string {
  return typeof value === "string" && value.includes("@") && address.test(value);
}

/** An email address without the white space around it; anything else is absent. */
export function readEmail(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return isEmail(text) ? text : undefined;
}
