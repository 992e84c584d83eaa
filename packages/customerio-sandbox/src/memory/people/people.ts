import { type BoundedMap, createBoundedMap } from "../bounded-map.ts";
import type { Identifiers } from "../operation.ts";
import { type IdentifyingAttribute, identifierOf, identifyingAttributes, type Person } from "./person.ts";

/** Everybody in the workspace, each to be found by any of their identifiers. */
export type People = {
  readonly all: Pick<BoundedMap<string, Person>, "size" | "values">;
  find(identifiers: Identifiers): Person | undefined;
  create(nowMs: number): Person;
  /** Sets or clears what the person is known by. Nobody else may be known by it. */
  rename(person: Person, name: IdentifyingAttribute, value: string | undefined): void;
  /** Forgets the person and, unlike for want of room, hides what they did. */
  erase(person: Person): void;
  /** From here on the identifiers name nobody, and everything about them is ignored. */
  suppress(identifiers: Identifiers): Person | undefined;
  unsuppress(identifiers: Identifiers): void;
  isSuppressed(identifiers: Identifiers): boolean;
  clear(): void;
};

/** Keeps at most `limit` people. */
export function createPeople(limit: number): People {
  const all = createBoundedMap<string, Person>(limit, forget);
  const named = new Map<string, Person>();
  /** Under each suppressed name all that were suppressed with it. */
  const suppressed = createBoundedMap<string, string[]>(limit);
  let created = 0;

  function forget(person: Person): void {
    for (const key of keysOf(person)) named.delete(key);
    for (const object of person.relationships.keys()) object.people.delete(person);
    all.delete(person.cioId);
  }

  const people: People = {
    all,
    find(identifiers) {
      if (identifiers.cio_id !== undefined) return all.get(identifiers.cio_id);
      const key = keyOf(identifiers);
      return key === undefined ? undefined : named.get(key);
    },
    create(nowMs) {
      created += 1;
      const person: Person = {
        cioId: `a3${created.toString(16).padStart(6, "0")}`,
        number: created,
        attributes: new Map(),
        devices: new Map(),
        relationships: new Map(),
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
        isErased: false,
      };
      all.set(person.cioId, person);
      return person;
    },
    rename(person, name, value) {
      const before = identifierOf(person, name);
      if (before !== undefined) named.delete(nameKey(name, before));
      if (value !== undefined) named.set(nameKey(name, value), person);
    },
    erase(person) {
      forget(person);
      person.isErased = true;
    },
    suppress(identifiers) {
      const person = people.find(identifiers);
      const keys = new Set(person === undefined ? [] : keysOf(person));
      const key = keyOf(identifiers);
      if (key !== undefined) keys.add(key);
      for (const each of keys) suppressed.set(each, [...keys]);
      if (person !== undefined) people.erase(person);
      return person;
    },
    unsuppress(identifiers) {
      const key = keyOf(identifiers);
      if (key !== undefined) for (const each of suppressed.get(key) ?? []) suppressed.delete(each);
    },
    isSuppressed(identifiers) {
      if (suppressed.size === 0) return false;
      const key = keyOf(identifiers);
      return key !== undefined && suppressed.get(key) !== undefined;
    },
    clear() {
      all.clear();
      named.clear();
      suppressed.clear();
    },
  };
  return people;
}

function keysOf(person: Person): string[] {
  const keys: string[] = [];
  for (const name of identifyingAttributes) {
    const value = identifierOf(person, name);
    if (value !== undefined) keys.push(nameKey(name, value));
  }
  return keys;
}

function keyOf(identifiers: Identifiers): string | undefined {
  if (identifiers.id !== undefined) return nameKey("id", identifiers.id);
  if (identifiers.email !== undefined) return nameKey("email", identifiers.email);
  if (identifiers.phone !== undefined) return nameKey("phone", identifiers.phone);
  return undefined;
}

/** Customer.io tells addresses apart without regard to case. Source: v1 identify. */
function nameKey(name: IdentifyingAttribute, value: string): string {
  return name === "email" ? `email:${value.toLowerCase()}` : `${name}:${value}`;
}
