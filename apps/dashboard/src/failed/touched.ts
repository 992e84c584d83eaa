import type { Operation } from "@customerio-router/customerio";

/** Keys of the state that sending this late could turn back. An identify is none: Customer.io orders those by their time. */
export function changedBy(operation: Operation): string[] {
  const removals = personsOf(operation).map((person) => `removal of ${person}`);
  if (operation.type === "object") return [objectOf(operation), ...removals];
  switch (operation.action) {
    case "event":
    case "page":
    case "screen":
      return [];
    case "identify":
      return removals;
    case "add_device":
    case "delete_device":
      return [`device ${operation.device.token}`, ...removals];
    default:
      return personsOf(operation);
  }
}

/** Keys of what a later operation was about: where it shares one, sending the earlier one now turns it back. */
export function touchedBy(operation: Operation): string[] {
  const persons = personsOf(operation);
  if (operation.type === "object") return [objectOf(operation), ...persons];
  if ("device" in operation) return [`device ${operation.device.token}`, ...persons];
  const removes = ["delete", "merge", "suppress"].includes(operation.action);
  return removes ? [...persons, ...persons.map((person) => `removal of ${person}`)] : persons;
}

function objectOf({ identifiers }: Extract<Operation, { type: "object" }>): string {
  return `object ${JSON.stringify([identifiers.object_type_id, identifiers.object_id])}`;
}

function personsOf(operation: Operation): string[] {
  if (operation.type === "delivery") return [];
  if (operation.action === "merge") return [operation.primary, operation.secondary].map(personOf);
  if (operation.type === "person") return [personOf(operation.identifiers)];
  const relationships = "cio_relationships" in operation ? (operation.cio_relationships ?? []) : [];
  return relationships.map(({ identifiers }) => personOf(identifiers));
}

function personOf(identifiers: { [name: string]: string }): string {
  const [[name, value] = ["", ""]] = Object.entries(identifiers);
  return `person ${JSON.stringify([name, name === "email" ? value.toLowerCase() : value])}`;
}
