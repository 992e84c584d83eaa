import {
  type AnonymousIdentifiers,
  customerioLimits,
  type Json,
  type JsonObject,
  type ObjectIdentifiers,
  type Operation,
  type PersonIdentifiers,
  type Relationship,
} from "@customerio-router/customerio";
import { type GroupCall, isObject, readId } from "@customerio-router/messages";
import { attributeValue } from "../attributes/attribute-value.ts";
import { type Attributes, addAttribute, noAttributes } from "../attributes/attributes.ts";
import { splitAttributes } from "../attributes/split-attributes.ts";
import { type Anonymous, findAnonymous, findPerson, type Person } from "../identity/who.ts";
import { type MapResult, rejected, skipped, type Warning } from "../map-result.ts";
import { type MappingConnection, type MappingSettings, mayDestroy } from "../settings.ts";
import { addCreatedAt, findCreatedAt } from "../time/created-at.ts";
import { identifyObject, objectType } from "./object.ts";
import { readObject } from "./read-object.ts";
import { relationshipField, relationshipFits, relationshipTo } from "./relationship.ts";

/** What is known of a group, as an object, and the relation of the call's person to it; or what its `action` asks for. */
export function mapGroup(call: GroupCall, connection: MappingConnection, warnings: Warning[]): MapResult {
  const who = findPerson(call, connection) ?? findAnonymous(call, connection);
  if (who?.kind === "rejected") return who;
  if (who === undefined && readId(call.anonymousId) === undefined) return rejected("no-identity", "userId");
  const traits = readObject(call.traits, "traits", warnings) ?? {};
  const type = objectType(traits, "traits");
  const object = identifyObject({ id: String(call.groupId), idField: "groupId", ...type });
  if (object.kind === "rejected") return object;
  const group = { identifiers: object.identifiers, traits, who };
  switch (traits.action) {
    case "delete":
      return deleteGroup(group, connection, warnings);
    case "add_relationships":
    case "delete_relationships":
      return changeRelationship(traits.action, group, connection, warnings);
    default:
      return identifyGroup(group, connection, warnings);
  }
}

type Group = { identifiers: ObjectIdentifiers; traits: JsonObject; who: Person | Anonymous | undefined };

function deleteGroup({ identifiers }: Group, connection: MappingConnection, warnings: Warning[]): MapResult {
  if (!mayDestroy(connection)) return skipped("destructive-event", "traits.action");
  return { kind: "operations", operations: [{ type: "object", action: "delete", identifiers }], warnings };
}

function changeRelationship(
  action: "add_relationships" | "delete_relationships",
  { identifiers, traits, who }: Group,
  settings: MappingSettings,
  warnings: Warning[],
): MapResult {
  if (who?.kind !== "person") return rejected("no-user", "userId");
  const relationship: Relationship<PersonIdentifiers> =
    action === "add_relationships"
      ? relationshipTo(who.identifiers, traits, settings, warnings)
      : { identifiers: who.identifiers };
  const operation: Operation = { type: "object", action, identifiers, cio_relationships: [relationship] };
  return sent(relationship, [operation], warnings);
}

function identifyGroup(
  { identifiers, traits, who }: Group,
  settings: MappingSettings,
  warnings: Warning[],
): MapResult {
  const relationship =
    who &&
    relationshipTo<PersonIdentifiers | AnonymousIdentifiers>(who.identifiers, traits, settings, warnings);
  const related = {
    action: who?.kind === "anonymous" ? "identify_anonymous" : "identify",
    ...(relationship && { cio_relationships: [relationship] }),
  } as const;
  const operations = splitAttributes(
    objectAttributes(traits, settings, warnings),
    customerioLimits.attributesPerCall,
    (attributes, index): Operation => ({
      type: "object",
      action: "identify",
      identifiers,
      attributes,
      ...(index === 0 && related),
    }),
  );
  return sent(relationship, operations, warnings);
}

function sent(
  relationship: Relationship<unknown> | undefined,
  operations: Operation[],
  warnings: Warning[],
): MapResult {
  return relationshipFits(relationship, operations[0])
    ? { kind: "operations", operations, warnings }
    : rejected("operation-too-large", relationshipField);
}

function objectAttributes(traits: JsonObject, settings: MappingSettings, warnings: Warning[]): Attributes {
  const attributes = noAttributes("traits", warnings);
  const { objectAttributes: more } = traits;
  const given = isObject(more)
    ? { ...withoutMeaning(traits), ...(more as JsonObject) }
    : withoutMeaning(traits);
  const createdAt = findCreatedAt(given);
  if (createdAt !== undefined) addCreatedAt(attributes, given, createdAt);
  for (const name of Object.keys(given)) {
    if (name === createdAt || name === "created_at") continue;
    addAttribute(attributes, name, attributeValue(given[name] as Json, settings));
  }
  return attributes;
}

/** Traits without those that say what the call does and to which kind of object. */
function withoutMeaning(traits: JsonObject): JsonObject {
  const { objectTypeId, object_type_id, relationshipAttributes, ...rest } = traits;
  if (isObject(rest.objectAttributes)) delete rest.objectAttributes;
  if (rest.action === "identify") delete rest.action;
  return rest;
}
