import type { Operation } from "@customerio-router/customerio";
import type { Effect } from "../pending.ts";

type Identifiers = { [name: string]: string };

/**
 * Whom an operation concerns, as keys: everybody and everything it names, as it names them. Nothing is joined
 * beyond that: a server's one constant anonymous id must not make everybody one person.
 */
export function identifierKeys(operation: Operation): string[] {
  const keys = new Set<string>();
  const add = (identifiers: Identifiers | undefined): void => {
    if (!identifiers) return;
    if ("object_id" in identifiers) {
      keys.add(`object:${identifiers.object_type_id}:${identifiers.object_id}`);
      return;
    }
    for (const [name, value] of Object.entries(identifiers)) keys.add(personKey(name, value));
  };

  if ("identifiers" in operation && operation.type !== "delivery") add(operation.identifiers);
  if (operation.action === "merge") {
    add(operation.primary);
    add(operation.secondary);
  }
  if (operation.action === "identify" && operation.type === "person") {
    for (const name of ["email", "id", "anonymous_id"]) {
      const value = operation.attributes[name];
      if (typeof value === "string" && value !== "") keys.add(personKey(name, value));
    }
  }
  if ("cio_relationships" in operation) {
    for (const relationship of operation.cio_relationships ?? []) add(relationship.identifiers);
  }
  return [...keys];
}

/** Customer.io compares emails without regard to case. */
function personKey(name: string, value: string): string {
  return `${name}:${name === "email" ? value.toLowerCase() : value}`;
}

export function effectOf(operation: Operation): Effect {
  switch (operation.action) {
    case "event":
    case "page":
    case "screen":
      return "event";
    case "delete":
    case "merge":
    case "suppress":
    case "unsuppress":
    case "delete_relationships":
      return "end";
    default:
      return "change";
  }
}
