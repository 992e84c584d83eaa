import type { Identifiers, JsonMap, ObjectOperation, Relationship } from "../operation.ts";
import type { Workspace } from "../workspace.ts";
import { changeRelationship, type RelationshipAction } from "./relationships.ts";
import type { WorkspaceObject } from "./workspace-object.ts";

export function applyObjectOperation(
  workspace: Workspace,
  operation: ObjectOperation,
  nowMs: number,
): boolean {
  const { objects, activities } = workspace;
  const { identifiers } = operation;
  const isNew = operation.action !== "delete" && operation.action !== "delete_relationships";
  const object = objects[isNew ? "findOrCreate" : "find"](identifiers);
  if (object === undefined) return false;
  const name = `${object.typeId}/${object.id}`;

  switch (operation.action) {
    case "delete":
      objects.erase(object);
      activities.add({ type: "Object deleted", name, identifiers, receivedAtMs: nowMs });
      return true;
    case "identify":
    case "identify_anonymous": {
      const { attributes: data = {} } = operation;
      setAttributes(object, data);
      activities.add({ type: "Object change", name, identifiers, receivedAtMs: nowMs, data });
      relate(workspace, object, { ...operation, action: "add_relationships" }, nowMs);
      return true;
    }
    default:
      relate(workspace, object, operation, nowMs);
      return true;
  }
}

/** Null and the empty string remove an attribute. */
function setAttributes(object: WorkspaceObject, attributes: JsonMap): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === "") object.attributes.delete(name);
    else object.attributes.set(name, value);
  }
}

type Relating = {
  action: RelationshipAction;
  cio_relationships?: Relationship<Identifiers>[];
  anonymous_id?: string;
};

/** People who do not exist are passed over; the anonymous are related once somebody gets their id. */
function relate(workspace: Workspace, object: WorkspaceObject, operation: Relating, nowMs: number): void {
  const { objects, people } = workspace;
  if (operation.anonymous_id !== undefined) objects.relateAnonymous(object, operation.anonymous_id);
  for (const relationship of operation.cio_relationships ?? []) {
    const { identifiers } = relationship;
    const person = people.find(identifiers);
    if (identifiers.anonymous_id !== undefined) {
      objects.relateAnonymous(object, identifiers.anonymous_id, relationship.relationship_attributes);
    } else if (person !== undefined) {
      const { action } = operation;
      changeRelationship(workspace, { ...relationship, action, object, person, identifiers }, nowMs);
    }
  }
}
