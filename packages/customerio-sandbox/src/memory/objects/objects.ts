import { createBoundedMap } from "../bounded-map.ts";
import type { JsonMap, ObjectIdentifiers } from "../operation.ts";
import type { Person } from "../people/person.ts";
import type { WorkspaceObject } from "./workspace-object.ts";

/** The workspace's objects and how people are related to them. */
export type Objects = {
  readonly size: number;
  find(identifiers: ObjectIdentifiers): WorkspaceObject | undefined;
  /** Undefined for a `cio_object_id` that is not known: with it one only updates. */
  findOrCreate(identifiers: ObjectIdentifiers): WorkspaceObject | undefined;
  erase(object: WorkspaceObject): void;
  relate(object: WorkspaceObject, person: Person, attributes?: JsonMap): void;
  unrelate(object: WorkspaceObject, person: Person): void;
  /** Related to whoever gets this anonymous id. */
  relateAnonymous(object: WorkspaceObject, anonymousId: string, attributes?: JsonMap): void;
  adopt(anonymousId: string, person: Person): void;
  clear(): void;
};

/** Keeps at most `limit` objects. */
export function createObjects(limit: number): Objects {
  const byId = createBoundedMap<string, WorkspaceObject>(limit, forget);
  const byCioId = new Map<string, WorkspaceObject>();
  const waiting = createBoundedMap<string, { object: WorkspaceObject; attributes: JsonMap }[]>(limit);
  let created = 0;

  function forget(object: WorkspaceObject): void {
    for (const person of object.people) person.relationships.delete(object);
    byCioId.delete(object.cioObjectId);
    byId.delete(keyOf(object.typeId, object.id));
  }

  const objects: Objects = {
    get size() {
      return byId.size;
    },
    find({ cio_object_id, object_type_id = "", object_id = "" }) {
      return cio_object_id === undefined
        ? byId.get(keyOf(object_type_id, object_id))
        : byCioId.get(cio_object_id);
    },
    findOrCreate(identifiers) {
      const known = objects.find(identifiers);
      const { object_type_id: typeId, object_id: id } = identifiers;
      if (known !== undefined || typeId === undefined || id === undefined) return known;
      created += 1;
      const cioObjectId = `ob${created.toString(16).padStart(8, "0")}`;
      const object: WorkspaceObject = { cioObjectId, typeId, id, attributes: new Map(), people: new Set() };
      byId.set(keyOf(typeId, id), object);
      byCioId.set(cioObjectId, object);
      return object;
    },
    erase: forget,
    relate(object, person, attributes = {}) {
      object.people.add(person);
      const kept = new Map(Object.entries({ ...person.relationships.get(object), ...attributes }));
      for (const [name, value] of kept) if (value === null || value === "") kept.delete(name);
      person.relationships.set(object, Object.fromEntries(kept));
    },
    unrelate(object, person) {
      object.people.delete(person);
      person.relationships.delete(object);
    },
    relateAnonymous(object, anonymousId, attributes = {}) {
      waiting.set(anonymousId, [...(waiting.get(anonymousId) ?? []), { object, attributes }]);
    },
    adopt(anonymousId, person) {
      for (const { object, attributes } of waiting.get(anonymousId) ?? []) {
        if (objects.find({ cio_object_id: object.cioObjectId })) objects.relate(object, person, attributes);
      }
      waiting.delete(anonymousId);
    },
    clear() {
      byId.clear();
      byCioId.clear();
      waiting.clear();
    },
  };
  return objects;
}

function keyOf(typeId: string, id: string): string {
  return `${typeId}/${id}`;
}
