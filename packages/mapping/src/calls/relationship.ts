import {
  customerioLimits,
  type JsonObject,
  type Operation,
  type Relationship,
} from "@customerio-router/customerio";
import { exceedsJsonBytes } from "@customerio-router/messages";
import { attributeValue } from "../attributes/attribute-value.ts";
import { addAttribute, noAttributes, pickAttributes } from "../attributes/attributes.ts";
import type { Warning } from "../map-result.ts";
import type { MappingSettings } from "../settings.ts";
import { readObject } from "./read-object.ts";

export const relationshipField = "traits.relationshipAttributes";

/** A relation to whom or what the identifiers name, with what the traits know of it. */
export function relationshipTo<Identifiers>(
  identifiers: Identifiers,
  traits: JsonObject,
  settings: MappingSettings,
  warnings: Warning[],
): Relationship<Identifiers> {
  const given = readObject(traits.relationshipAttributes, relationshipField, warnings);
  if (given === undefined) return { identifiers };
  const attributes = noAttributes(relationshipField, warnings);
  for (const [name, value] of Object.entries(given)) {
    addAttribute(attributes, name, attributeValue(value, settings));
  }
  return { identifiers, relationship_attributes: pickAttributes(attributes) };
}

/** Whether Customer.io takes an operation with this relation, whose attributes are never split. */
export function relationshipFits(
  relationship: Relationship<unknown> | undefined,
  operation: Operation | undefined,
): boolean {
  const { attributesPerCall, operationBytes } = customerioLimits;
  const count = Object.keys(relationship?.relationship_attributes ?? {}).length;
  return count <= attributesPerCall && !exceedsJsonBytes(operation, operationBytes);
}
