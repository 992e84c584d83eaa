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
  let piece: JsonObject = {};
  let count = 0;
  let roomBytes = 0;
  const startPiece = () => {
    piece = {};
    count = 0;
    roomBytes = operationBytes - jsonBytes(operation(piece, pieces.length));
    pieces.push(piece);
  };
  startPiece();
  for (const name of names) {
    const value = values[name] as Json;
    const bytes = jsonBytes(name) + jsonBytes(value) + punctuationBytes;
    if (count === maxAttributes || bytes > roomBytes) startPiece();
    setOwn(piece, name, value);
    count += 1;
    roomBytes -= bytes;
  }
  return pieces.map(operation);
}
