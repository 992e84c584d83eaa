import { limits } from "../contract/limits.ts";
import type { JsonMap } from "./operation.ts";
import type { People } from "./people/people.ts";
import { identifierOf, isIdentifying, type Person } from "./people/person.ts";

/** `failed`: Customer.io would answer 200 and show a "Failed attribute change". */
type AttributeChange = "changed" | "unchanged" | "failed";

const preferences = "cio_subscription_preferences";

/**
 * Sets one attribute as of `timestamp` (Unix seconds): an update older than what stands there changes nothing. Null
 * and the empty string clear it. An identifier that is somebody else's, or suppressed, fails, as does a 301st name.
 */
export function setAttribute(
  people: People,
  person: Person,
  name: string,
  value: unknown,
  timestamp: number,
): AttributeChange {
  if (name.startsWith(`${preferences}.`)) {
    const before = person.attributes.get(preferences)?.value;
    const path = name.slice(preferences.length + 1).split(".");
    return setAttribute(people, person, preferences, withValueAt(before, path, value), timestamp);
  }
  const before = person.attributes.get(name);
  if (before !== undefined && timestamp < before.timestamp) return "unchanged";
  const next = value === null || value === "" ? undefined : value;
  if (isIdentifying(name)) {
    if (typeof next === "object") return "failed";
    const text = next === undefined ? undefined : String(next);
    if (text !== undefined && belongsToAnother(people, person, { [name]: text })) return "failed";
    const isSame = text === identifierOf(person, name);
    people.rename(person, name, text);
    person.attributes.set(name, { value: text, timestamp });
    return isSame ? "unchanged" : "changed";
  }
  if (before === undefined && person.attributes.size >= limits.attributes) return "failed";
  person.attributes.set(name, { value: next, timestamp });
  return isSame(before?.value, next) ? "unchanged" : "changed";
}

function belongsToAnother(people: People, person: Person, identifiers: { [name: string]: string }): boolean {
  const owner = people.find(identifiers);
  return (owner !== undefined && owner !== person) || people.isSuppressed(identifiers);
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  return (
    typeof one === "object" && typeof other === "object" && JSON.stringify(one) === JSON.stringify(other)
  );
}

/** A copy of `map` with `value` at the end of `path`. */
function withValueAt(map: unknown, [first = "", ...rest]: string[], value: unknown): JsonMap {
  const copy = new Map(Object.entries(typeof map === "object" && map !== null ? map : {}));
  copy.set(first, rest.length === 0 ? value : withValueAt(copy.get(first), rest, value));
  return Object.fromEntries(copy);
}
