import { customerioLimits, type JsonObject, type Operation } from "@customerio-router/customerio";
import { jsonBytes, jsonBytesAtMost } from "@customerio-router/messages";
import { type Attributes, attributeBytes, pickAttributes } from "./attributes.ts";

/** Each attribute is counted with a comma; the last of an operation has none. */
const commaBytes = 1;

/**
 * As few operations as hold all attributes in their order, each within a number of attributes and the bytes of an operation.
 *
 * @param operation makes one of some of the attributes; `index` counts from 0.
 */
export function splitAttributes(
  attributes: Attributes,
  maxAttributes: number,
  operation: (piece: JsonObject, index: number) => Operation,
): Operation[] {
  const { operationBytes } = customerioLimits;
  const isSmall = attributes.bytesAtMost + jsonBytesAtMost(operation({}, 0)) <= operationBytes;
  const roomIn = (index: number) => operationBytes - jsonBytes(operation({}, index)) + commaBytes;

  const operations: Operation[] = [];
  let start = 0;
  let roomBytes = isSmall ? 0 : roomIn(0);
  for (let at = 0; at < attributes.names.length; at += 1) {
    const bytes = isSmall ? 0 : attributeBytes(attributes, at);
    if (at - start === maxAttributes || bytes > roomBytes) {
      operations.push(operation(pickAttributes(attributes, start, at), operations.length));
      start = at;
      roomBytes = isSmall ? 0 : roomIn(operations.length);
    }
    roomBytes -= bytes;
  }
  operations.push(operation(pickAttributes(attributes, start), operations.length));
  return operations;
}
