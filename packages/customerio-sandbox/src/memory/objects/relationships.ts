import type { Identifiers, ObjectIdentifiers, Relationship } from "../operation.ts";
import type { Person } from "../people/person.ts";
import type { Workspace } from "../workspace.ts";
import type { WorkspaceObject } from "./workspace-object.ts";

export type RelationshipAction = "add_relationships" | "delete_relationships";

type Change = {
  person: Person;
  identifiers: Identifiers;
  operation: { action: RelationshipAction; cio_relationships: Relationship<ObjectIdentifiers>[] };
};

/** Relates a person to objects, or no longer; an object that is not there is made on the way. */
export function changeRelationships(workspace: Workspace, change: Change, nowMs: number): void {
  const { person, identifiers, operation } = change;
  for (const relationship of operation.cio_relationships) {
    const isNew = operation.action === "add_relationships";
    const object = workspace.objects[isNew ? "findOrCreate" : "find"](relationship.identifiers);
    if (object === undefined) continue;
    changeRelationship(
      workspace,
      { ...relationship, person, identifiers, object, action: operation.action },
      nowMs,
    );
  }
}

/** One relationship, from whichever side it was told. */
export function changeRelationship(
  { objects, activities }: Workspace,
  change: Omit<Relationship<unknown>, "identifiers"> & {
    action: RelationshipAction;
    object: WorkspaceObject;
    person: Person;
    identifiers: Identifiers;
  },
  nowMs: number,
): void {
  const { action, object, person, identifiers, relationship_attributes: data } = change;
  const name = `${object.typeId}/${object.id}`;
  const what = { name, person, identifiers, receivedAtMs: nowMs };
  if (action === "add_relationships") {
    objects.relate(object, person, data);
    activities.add({ type: "Relationship added", ...what, data });
  } else if (person.relationships.has(object)) {
    objects.unrelate(object, person);
    activities.add({ type: "Relationship deleted", ...what });
  }
}
