import { ruleLimits } from "../limits.ts";

/** A place in a message: names of fields from the outside in; `*` stands for each entry of a list. */
export type Path = readonly string[];

/** Fields that make a message what it is: no rule changes them. */
const untouchable: ReadonlySet<string> = new Set([
  "type",
  "messageId",
  "timestamp",
  "originalTimestamp",
  "sentAt",
  "receivedAt",
]);

/** Without them a message would be another person's, or nobody's. */
const ids: ReadonlySet<string> = new Set(["userId", "anonymousId", "previousId", "groupId"]);

/** Names that lead to a prototype in JavaScript. */
const prototypes: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

export function splitPath(text: string): Path {
  return text.split(".");
}

/** What is wrong with a path as a rule has it; undefined for a good one. `mayBeId`: the rule hashes it. */
export function findPathProblem(text: unknown, { mayBeId }: { mayBeId: boolean }): string | undefined {
  if (typeof text !== "string" || text.trim() === "") {
    return "Name a field with its path, such as `traits.email`.";
  }
  const path = splitPath(text);
  const [root = ""] = path;
  if (text.length > ruleLimits.pathLength || path.length > ruleLimits.pathDepth) {
    return `A path may have at most ${ruleLimits.pathDepth} names and ${ruleLimits.pathLength} characters.`;
  }
  if (path.some((name) => name.trim() === ""))
    return "A name in the path is blank: write `traits.email`, without dots at the ends.";
  if (root === "*") return "A path begins with the name of a field, such as `properties.products.*.price`.";
  const prototype = path.find((name) => prototypes.has(name));
  if (prototype !== undefined) return `\`${prototype}\` cannot be named in a rule.`;
  if (untouchable.has(root)) return `\`${root}\` cannot be changed: it identifies or dates the message.`;
  if (ids.has(root) && !(mayBeId && path.length === 1)) {
    return `\`${root}\` says whom the message is about: it can only be hashed as a whole.`;
  }
  return undefined;
}
