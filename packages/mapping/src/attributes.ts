import { customerioLimits, type Json, type JsonObject } from "@customerio-router/customerio";
import { exceedsJsonBytes } from "@customerio-router/messages";
import { exceedsBytes } from "./bytes.ts";
import { setOwn } from "./json-object.ts";
import { type Warning, warning } from "./map-result.ts";

/** Attributes being gathered for an operation. */
export type Attributes = {
  /** The names in the order of sending, which an object does not keep for names such as `1`. */
  names: string[];
  values: JsonObject;
  /** The field of the call they come from. */
  field: string;
  warnings: Warning[];
};

export function noAttributes(field: string, warnings: Warning[]): Attributes {
  return { names: [], values: {}, field, warnings };
}

/** Adds an attribute, but for one that Customer.io would refuse, and the whole operation with it: that one is left out. */
export function addAttribute(
  attributes: Attributes,
  name: string,
  value: Json,
  maxValueBytes: number = customerioLimits.attributeValueBytes,
): void {
  if (exceedsBytes(name, customerioLimits.attributeNameBytes)) {
    leaveOut(attributes, name, "trait-name-too-long");
  } else if (exceedsValueBytes(value, maxValueBytes)) {
    leaveOut(attributes, name, "trait-value-too-long");
  } else {
    attributes.names.push(name);
    setOwn(attributes.values, name, value);
  }
}

export function leaveOut(attributes: Attributes, name: string, code: Warning["code"]): void {
  attributes.warnings.push(warning(code, `${attributes.field}.${name}`));
}

/** A string is measured by its own bytes, any other value by its JSON. */
function exceedsValueBytes(value: Json, limit: number): boolean {
  return typeof value === "string" ? exceedsBytes(value, limit) : exceedsJsonBytes(value, limit);
}
