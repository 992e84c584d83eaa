import type { ObjectIdentifiers } from "@customerio-router/customerio";
import { readId } from "@customerio-router/messages";
import { type Rejected, rejected } from "./map-result.ts";
import { idTooLong } from "./who.ts";

export type IdentifiedObject = { kind: "object"; identifiers: ObjectIdentifiers };

/** The type of an object whose type nobody says: a workspace's first. */
const firstTypeId = "1";
/** Source: Track API v2, object identifiers. */
const typeIds = /^[1-9]\d*$/;

/** What an object is named by, as callers give it. */
export type ObjectName = { id: string; idField: string; type: unknown; typeField: string };

/** The object of a name; its ids are as bounded as a person's. */
export function identifyObject(name: ObjectName): IdentifiedObject | Rejected {
  const typeId = readId(name.type) ?? firstTypeId;
  if (!typeIds.test(typeId)) return rejected("object-type-invalid", name.typeField);
  const identifiers = { object_id: name.id, object_type_id: typeId };
  return (
    idTooLong(name.id, name.idField) ?? idTooLong(typeId, name.typeField) ?? { kind: "object", identifiers }
  );
}
