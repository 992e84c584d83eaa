import { customerioLimits, type Json, type JsonObject, type Operation } from "@customerio-router/customerio";
import { exceedsJsonBytes, jsonBytes } from "@customerio-router/messages";
import type { Attributes } from "./attributes.ts";
import { setOwn } from "./json-object.ts";

/** `:` after a name and `,` after a value. */
const punctuationBytes = 2;

/**
 * As few operations as hold all attributes in their order, each within a number of attributes and the bytes of an operation.
 *
 * @param operation makes one of some of the attributes; `index` counts from 0.
 */
export function splitAttributes<Made extends Operation>(
  { names, values }: Attributes,
  maxAttributes: number,
  operation: (attributes: JsonObject, index: number) => Made,
): Made[] {
  const { operationBytes } = customerioLimits;
  const whole = operation(values, 0);
  if (names.length <= maxAttributes && !exceedsJsonBytes(whole, operationBytes)) return [whole];

  const pieces: JsonObject[] = [];
  let count = maxAttributes;
  let roomBytes = 0;
  for (const name of names) {
    const value = values[name] as Json;
    const bytes = jsonBytes(name) + jsonBytes(value) + punctuationBytes;
    while (count === maxAttributes || bytes > roomBytes) {
      roomBytes = operationBytes - jsonBytes(operation({}, pieces.length));
      count = 0;
      pieces.push({});
    }
    setOwn(pieces.at(-1) as JsonObject, name, value);
    count += 1;
    roomBytes -= bytes;
  }
  return pieces.map(operation);
}
