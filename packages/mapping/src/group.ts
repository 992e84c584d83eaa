import {
  type AnonymousIdentifiers,
  customerioLimits,
  type Json,
  type JsonObject,
  type Operation,
  type PersonIdentifiers,
  type Relationship,
} from "@customerio-router/customerio";
import { exceedsJsonBytes, type GroupCall, readId } from "@customerio-router/messages";
import { attributeValue } from "./attribute-value.ts";
import { type Attributes, addAttribute, noAttributes, pickAttributes } from "./attributes.ts";
import { addCreatedAt, findCreatedAt } from "./created-at.ts";
import { type MapResult, rejected, type Warning } from "./map-result.ts";
import { identifyObject, type ObjectName } from "./object.ts";
import { readObject } from "./read-object.ts";
import type { MappingConnection, MappingSettings } from "./settings.ts";
import { splitAttributes } from "./split-attributes.ts";
import { findAnonymous, findPerson } from "./who.ts";

type GroupRelationship = Relationship<PersonIdentifiers | AnonymousIdentifiers>;

/** What is known of a group, as an object, and the relation of the call's person to it. */
export function mapGroup(call: GroupCall, connection: MappingConnection, warnings: Warning[]): MapResult {
  const who = findPerson(call, connection) ?? findAnonymous(call, connection);
  if (who?.kind === "rejected") return who;
  if (who === undefined && readId(call.anonymousId) === undefined) return rejected("no-identity", "userId");
  const traits = readObject(call.traits, "traits", warnings) ?? {};
  const object = identifyObject({ id: String(call.groupId), idField: "groupId", ...typeOf(traits) });
  if (object.kind === "rejected") return object;

  const relationship = who && relationshipOf(who.identifiers, traits, connection, warnings);
  const related = {
    action: who?.kind === "anonymous" ? "identify_anonymous" : "identify",
    ...(relationship && { cio_relationships: [relationship] }),
  } as const;
  const operations = splitAttributes(
    objectAttributes(traits, connection, warnings),
    customerioLimits.attributesPerCall,
    (attributes, index): Operation => ({
      type: "object",
      action: "identify",
      identifiers: object.identifiers,
      attributes,
      ...(index === 0 && related),
    }),
  );
  return fits(relationship, operations[0])
    ? { kind: "operations", operations, warnings }
    : rejected("operation-too-large", relationshipField);
}

const relationshipField = "traits.relationshipAttributes";

/** The attributes of a relationship are never split. */
function fits(relationship: GroupRelationship | undefined, first: Operation | undefined): boolean {
  const { attributesPerCall, operationBytes } = customerioLimits;
  const count = Object.keys(relationship?.relationship_attributes ?? {}).length;
  return count <= attributesPerCall && !exceedsJsonBytes(first, operationBytes);
}

function typeOf(traits: JsonObject): Pick<ObjectName, "type" | "typeField"> {
  return readId(traits.objectTypeId) === undefined
    ? { type: traits.object_type_id, typeField: "traits.object_type_id" }
    : { type: traits.objectTypeId, typeField: "traits.objectTypeId" };
}

function objectAttributes(traits: JsonObject, settings: MappingSettings, warnings: Warning[]): Attributes {
  const attributes = noAttributes("traits", warnings);
  const createdAt = findCreatedAt(traits);
  if (createdAt !== undefined) addCreatedAt(attributes, traits, createdAt);
  for (const name of Object.keys(traits)) {
    if (name === createdAt || namesNoAttribute.has(name)) continue;
    addAttribute(attributes, name, attributeValue(traits[name] as Json, settings));
  }
  return attributes;
}

const namesNoAttribute: ReadonlySet<string> = new Set([
  "created_at",
  "objectTypeId",
  "object_type_id",
  "relationshipAttributes",
]);

function relationshipOf(
  identifiers: PersonIdentifiers | AnonymousIdentifiers,
  traits: JsonObject,
  settings: MappingSettings,
  warnings: Warning[],
): GroupRelationship {
  const given = readObject(traits.relationshipAttributes, relationshipField, warnings);
  if (given === undefined) return { identifiers };
  const attributes = noAttributes(relationshipField, warnings);
  for (const name of Object.keys(given)) {
    addAttribute(attributes, name, attributeValue(given[name] as Json, settings));
  }
  return { identifiers, relationship_attributes: pickAttributes(attributes) };
}
