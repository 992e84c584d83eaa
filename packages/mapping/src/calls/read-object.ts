import type { JsonObject } from "@customerio-router/customerio";
import { isObject } from "@customerio-router/messages";
import { type Warning, warning } from "../map-result.ts";

/** What a field holds, when it is an object; absent otherwise, with a warning unless there was nothing at all. */
export function readObject(value: unknown, field: string, warnings: Warning[]): JsonObject | undefined {
  if (isObject(value)) return value as JsonObject;
  if (value !== undefined && value !== null) warnings.push(warning("not-an-object", field));
  return undefined;
}
