import { customerioLimits, type Json, type JsonObject } from "@customerio-router/customerio";
import { jsonBytes, jsonBytesAtMost } from "@customerio-router/messages";
import { type Warning, warning } from "../map-result.ts";
import { exceedsBytes } from "./bytes.ts";
import { setOwn } from "./json-object.ts";

/** Attributes being gathered for operations, in the order of sending: an object does not keep it for names such as `1`. */
export type Attributes = {
  names: string[];
  values: Json[];
  /** No less than the bytes of their JSON. */
  bytesAtMost: number;
  /** The field of the call they come from. */
  field: string;
  warnings: Warning[];
};

export function noAttributes(field: string, warnings: Warning[]): Attributes {
  return { names: [], values: [], bytesAtMost: 0, field, warnings };
}

/** Adds an attribute, but for one that Customer.io would reject, and the whole operation with it: that one is left out. */
export function addAttribute(
  attributes: Attributes,
  name: string,
  value: Json,
  maxValueBytes: number = customerioLimits.attributeValueBytes,
): void {
  const bytesAtMost = jsonBytesAtMost(value);
  if (exceedsBytes(name, customerioLimits.attributeNameBytes)) {
    leaveOut(attributes, name, "trait-name-too-long");
  } else if (bytesAtMost > maxValueBytes && valueBytes(value) > maxValueBytes) {
    leaveOut(attributes, name, "trait-value-too-long");
  } else {
    attributes.names.push(name);
    attributes.values.push(value);
    attributes.bytesAtMost += jsonBytesAtMost(name) + bytesAtMost + punctuationBytes;
  }
}

/** `:` after a name and `,` after a value. */
const punctuationBytes = 2;

/** A string is measured by its own bytes, any other value by its JSON. */
function valueBytes(value: Json): number {
  return typeof value === "string" ? Buffer.byteLength(value) : jsonBytes(value);
}

export function leaveOut(attributes: Attributes, name: string, code: Warning["code"]): void {
  attributes.warnings.push(warning(code, `${attributes.field}.${name}`));
}

/** The bytes an attribute adds to an operation's JSON. */
export function attributeBytes({ names, values }: Attributes, at: number): number {
  return jsonBytes(names[at]) + jsonBytes(values[at]) + punctuationBytes;
}

/** Some of the attributes, or all, as an object. */
export function pickAttributes({ names, values }: Attributes, start = 0, end = names.length): JsonObject {
  const object: JsonObject = {};
  for (let at = start; at < end; at += 1) setOwn(object, names[at] as string, values[at] as Json);
  return object;
}
