import { setAttribute } from "../attributes.ts";
import type { Identifiers, JsonMap } from "../operation.ts";
import type { People } from "./people.ts";
import { identifierOf, identifyingAttributes, isIdentifying, type Person } from "./person.ts";

type Identified = { person: Person; changed: string[]; failed: string[] };

/** Names that steer an identify instead of being kept. */
const steering = new Set(["_update", "cio_id", "cio_relationships"]);

/**
 * Adds or updates a person. A person whom the identifiers do not name, but one in the attributes does, is updated
 * and gets the identifier; otherwise a new one is made. Undefined where Customer.io drops the call: for a `cio_id`
 * that nobody has, and with `_update` when there is nobody yet. Source: the description of v1 identify.
 */
export function identifyPerson(
  people: People,
  {
    identifiers,
    attributes = {},
    timestamp,
  }: { identifiers: Identifiers; attributes?: JsonMap; timestamp: number },
  nowMs: number,
): Identified | undefined {
  const named = people.find(identifiers);
  if (named === undefined && identifiers.cio_id !== undefined) return undefined;
  const known = named ?? personInAttributes(people, attributes);
  if (known === undefined && attributes._update === true) return undefined;
  const person = known ?? people.create(nowMs);

  const changed: string[] = [];
  const failed: string[] = [];
  function set(name: string, value: unknown): void {
    const change = setAttribute(people, person, name, value, timestamp);
    if (change === "changed") changed.push(name);
    if (change === "failed") failed.push(name);
  }
  if (named === undefined) for (const [name, value] of Object.entries(identifiers)) set(name, value);
  for (const name in attributes) {
    if (steering.has(name)) continue;
    if (isIdentifying(name) && !mayRename(person, name, attributes[name], identifiers)) failed.push(name);
    else set(name, attributes[name]);
  }
  if (changed.length > 0) person.updatedAtMs = nowMs;
  return { person, changed, failed };
}

function personInAttributes(people: People, attributes: JsonMap): Person | undefined {
  for (const name of identifyingAttributes) {
    const value = attributes[name];
    const person = typeof value === "string" ? people.find({ [name]: value }) : undefined;
    if (person !== undefined) return person;
  }
  return undefined;
}

/**
 * Once set, an identifier changes only for who is named by `cio_id`; or, with the workspace setting "Allow updates
 * to email using ID", which this sandbox has on, an address for who is named by `id`.
 */
function mayRename(
  person: Person,
  name: "id" | "email" | "phone",
  value: unknown,
  identifiers: Identifiers,
): boolean {
  const before = identifierOf(person, name);
  if (before === undefined || identifiers.cio_id !== undefined) return true;
  if (name !== "id" && identifiers.id !== undefined) return true;
  const isEmail = name === "email" && typeof value === "string";
  return isEmail ? value.toLowerCase() === before.toLowerCase() : value === before;
}
