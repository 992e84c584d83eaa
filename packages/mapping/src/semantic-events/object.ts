import { readId, valueAt } from "@customerio-router/messages";
import { identifyObject } from "../object.ts";
import { aboutPerson } from "./about-person.ts";
import { meaning, missing, type NamedTrack, type SemanticEvent } from "./semantic-event.ts";

const idField = "properties.objectId";

export const deleteRelationship: SemanticEvent = {
  needs: ["user", idField],
  isDestructive: false,
  read: aboutPerson((track, identifiers) => {
    const object = objectOf(track);
    if (object === undefined) return missing(idField);
    if (object.kind === "rejected") return object;
    return meaning({
      type: "object",
      action: "delete_relationships",
      identifiers: object.identifiers,
      cio_relationships: [{ identifiers }],
    });
  }),
};

export const deleteObject: SemanticEvent = {
  needs: [idField],
  isDestructive: true,
  read(track) {
    const object = objectOf(track);
    if (object === undefined) return missing(idField);
    if (object.kind === "rejected") return object;
    return meaning({ type: "object", action: "delete", identifiers: object.identifiers });
  },
};

/** The object an event names, else the group its context stands in. */
function objectOf({ call, properties }: NamedTrack): ReturnType<typeof identifyObject> | undefined {
  const type = { type: properties.objectTypeId, typeField: "properties.objectTypeId" };
  const objectId = readId(properties.objectId);
  if (objectId !== undefined) return identifyObject({ id: objectId, idField, ...type });
  const groupId = readId(valueAt(call.context, "groupId"));
  return groupId === undefined
    ? undefined
    : identifyObject({ id: groupId, idField: "context.groupId", ...type });
}
