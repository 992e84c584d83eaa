import type { ObjectIdentifiers } from "@customerio-router/customerio";
import { readId } from "@customerio-router/messages";
import { type Rejected, rejected } from "./map-result.ts";
import { idTooLong } from "./who.ts";

/** The type of an object whose type nobody says: a workspace's first. */
const firstTypeId = "1";
/** Source: Track API v2, object identifiers. */
const typeIds = /^[1-9]\d*$/;

/** An object, by an id and a type as callers give them; undefined without an id. */
export function findObject(
  id: { value: unknown; field: string },
  type: { value: unknown; field: string },
): { kind: "object"; identifiers: ObjectIdentifiers } | Rejected | undefined {
  const objectId = readId(id.value);
  if (objectId === undefined) return undefined;
  const typeId = readId(type.value) ?? firstTypeId;
  if (!typeIds.test(typeId)) return rejected("object-type-invalid", type.field);
  return (
    idTooLong(objectId, id.field) ??
    idTooLong(typeId, type.field) ?? {
      kind: "object",
      identifiers: { object_id: objectId, object_type_id: typeId },
    }
  );
}
