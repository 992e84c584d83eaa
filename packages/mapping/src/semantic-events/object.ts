import { readId, valueAt } from "@customerio-router/messages";
import { identifyObject, namedObject, objectType } from "../calls/object.ts";
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
  const object = namedObject(properties, "properties");
  if (object !== undefined) return object;
  const id = readId(valueAt(call.context, "groupId"));
  return id === undefined
    ? undefined
    : identifyObject({ id, idField: "context.groupId", ...objectType(properties, "properties") });
}
