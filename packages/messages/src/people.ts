import { isEmail } from "./email.ts";
import { readId, valueAt } from "./read.ts";

const kinds: ReadonlySet<string> = new Set(["id", "email", "anonymous_id", "cio_id"]);

/** A key of a person, such as `id:42` or `email:ada@example.com`. Customer.io compares emails without regard to case. */
export function personKey(kind: string, value: string): string {
  return `${kind}:${kind === "email" ? value.trim().toLowerCase() : value}`;
}

/** The same key however it was typed: `email:Ada@Example.com` is `email:ada@example.com`. */
export function normalizePerson(person: string): string {
  const colon = person.indexOf(":");
  return personKey(person.slice(0, colon), person.slice(colon + 1));
}

/**
 * Everybody a message names, as keys: whom it is from, and whom its operations are about. One that is kept as text, cut off
 * or damaged, names whom its fields of identity name.
 */
export function peopleOf(message: unknown, operations: readonly unknown[] = []): string[] {
  const keys = new Set<string>();
  if (typeof message === "string") addFromText(keys, message);
  else addFromMessage(keys, message);
  for (const operation of operations) addFromOperation(keys, operation);
  return [...keys];
}

function addFromMessage(keys: Set<string>, message: unknown): void {
  addId(keys, "id", valueAt(message, "userId"));
  addId(keys, "id", valueAt(message, "previousId"));
  addId(keys, "anonymous_id", valueAt(message, "anonymousId"));
  const contextTraits = valueAt(valueAt(message, "context"), "traits");
  // A group's traits describe the group.
  const traits = valueAt(message, "type") === "group" ? undefined : valueAt(message, "traits");
  for (const known of [traits, contextTraits]) {
    addEmail(keys, valueAt(known, "email"));
    addId(keys, "id", valueAt(known, "userId"));
    addId(keys, "id", valueAt(known, "id"));
  }
  // An event of somebody known may be about another's address, such as an invitation.
  if (!hasKnownPerson(keys)) addEmail(keys, valueAt(valueAt(message, "properties"), "email"));
}

const identityInText =
  /"(userId|previousId|anonymousId|email)\\*"\s*:\s*(?:\\*"((?:[^"\\]|\\[^"])*)|(-?\d+))/g;

function addFromText(keys: Set<string>, text: string): void {
  for (const [, field, quoted, number] of text.matchAll(identityInText)) {
    const value = quoted ?? number;
    if (field === "email") addEmail(keys, value);
    else addId(keys, field === "anonymousId" ? "anonymous_id" : "id", value);
  }
}

function hasKnownPerson(keys: Set<string>): boolean {
  for (const key of keys) if (!key.startsWith("anonymous_id:")) return true;
  return false;
}

function addFromOperation(keys: Set<string>, operation: unknown): void {
  if (valueAt(operation, "type") === "person") addIdentifiers(keys, valueAt(operation, "identifiers"));
  addIdentifiers(keys, valueAt(operation, "primary"));
  addIdentifiers(keys, valueAt(operation, "secondary"));
  if (valueAt(operation, "type") === "person" && valueAt(operation, "action") === "identify") {
    addIdentifiers(keys, valueAt(operation, "attributes"));
  }
  const relationships = valueAt(operation, "cio_relationships");
  if (!Array.isArray(relationships)) return;
  for (const relationship of relationships) addIdentifiers(keys, valueAt(relationship, "identifiers"));
}

function addIdentifiers(keys: Set<string>, identifiers: unknown): void {
  for (const kind of kinds) addId(keys, kind, valueAt(identifiers, kind));
}

function addId(keys: Set<string>, kind: string, value: unknown): void {
  const id = readId(value);
  if (id === undefined) return;
  keys.add(personKey(kind, id));
  if (kind === "id") addEmail(keys, id);
}

function addEmail(keys: Set<string>, value: unknown): void {
  if (typeof value === "string" && isEmail(value.trim())) keys.add(personKey("email", value));
}
