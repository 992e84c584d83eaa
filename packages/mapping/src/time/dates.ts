import type { Json, JsonObject } from "@customerio-router/customerio";
import { parseIsoDate } from "@customerio-router/messages";
import { setOwn } from "../attributes/json-object.ts";

/** Unix seconds, floored, from milliseconds. */
export function secondsOf(ms: number): number {
  return Math.floor(ms / 1000);
}

/**
 * ISO 8601 strings as Unix seconds, in objects at any depth; arrays and all else as they are, and so are dates before 1970:
 * Customer.io takes no negative times. The value is not changed.
 */
export function convertDates(value: Json): Json {
  if (typeof value === "string") {
    const ms = parseIsoDate(value);
    return ms === undefined || ms < 0 ? value : secondsOf(ms);
  }
  return typeof value === "object" && value !== null && !Array.isArray(value) ? convertDatesIn(value) : value;
}

/** As `convertDates`; an object without dates comes back itself, not copied. */
export function convertDatesIn(object: JsonObject): JsonObject {
  let converted: JsonObject | undefined;
  for (const name of Object.keys(object)) {
    const value = object[name] as Json;
    const date = convertDates(value);
    if (date === value) continue;
    converted ??= { ...object };
    setOwn(converted, name, date);
  }
  return converted ?? object;
}
