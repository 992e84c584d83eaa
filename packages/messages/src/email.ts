/**
 * One pass, no backtracking: no class holds the character that ends it. It asks for what every mail address has: no spaces,
 * brackets or quotes, one `@`, a domain with a dot.
 */
const address = /^[^\s@"(),:;<>[\\\]]+@[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)+$/u;

/** True for a string that is an email address and nothing more. */
export function isEmail(value: unknown): value is string {
  return typeof value === "string" && value.includes("@") && address.test(value);
}
