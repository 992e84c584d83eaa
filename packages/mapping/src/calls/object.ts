import type { JsonObject, ObjectIdentifiers } from "@customerio-router/customerio";
import { readId } from "@customerio-router/messages";
import { refuseId } from "../identity/who.ts";
import { type Rejected, rejected } from "../map-result.ts";

type IdentifiedObject = { kind: "object"; identifiers: ObjectIdentifiers };

/** The type of an object whose type nobody says: a workspace's first. */
const firstTypeId = "1";
/** Source: Track API v2, object identifiers. */
const typeIds = /^[1-9]\d*$/;

/** What an object is named by, as callers give it. */
type ObjectName = { id: string; idField: string; type: unknown; typeField: string };

/** The object that fields name, spelled in either case; undefined where they name none. */
export function namedObject(fields: JsonObject, field: string): IdentifiedObject | Rejected | undefined {
  const key = readId(fields.objectId) === undefined ? "object_id" : "objectId";
  const id = readId(fields[key]);
  if (id === undefined) return undefined;
  return identifyObject({ id, idField: `${field}.${key}`, ...objectType(fields, field) });
}

/** The type of the object that fields are about. */
export function objectType(fields: JsonObject, field: string): Pick<ObjectName, "type" | "typeField"> {
  const key = readId(fields.objectTypeId) === undefined ? "object_type_id" : "objectTypeId";
  return { type: fields[key], typeField: `${field}.${key}` };
}

/** The object of a name; its ids are as bounded as a person's. */
export function identifyObject(name: ObjectName): IdentifiedObject | Rejected {
  const typeId = readId(name.type) ?? firstTypeId;
  if (!typeIds.test(typeId)) return rejected("object-type-invalid", name.typeField);
  const identifiers = { object_id: name.id, object_type_id: typeId };
  return (
    refuseId(name.id, name.idField) ?? refuseId(typeId, name.typeField) ?? { kind: "object", identifiers }
  );
}
