import type { Json } from "@customerio-router/customerio";
import type { MappingSettings } from "../settings.ts";
import { convertDates } from "../time/dates.ts";

/** A trait's value as Customer.io wants it: an empty string clears an attribute, dates are Unix seconds. */
export function attributeValue(value: Json, settings: MappingSettings): Json {
  if (value === null) return "";
  return settings.convertDates ? convertDates(value) : value;
}

/** Whether somebody is unsubscribed, however that is written; what says neither stays as it is. */
export function unsubscribedValue(value: Json): Json {
  if (value === null) return "";
  const word = typeof value === "string" ? value.toLowerCase() : value;
  if (word === "true" || word === "1" || word === 1) return true;
  if (word === "false" || word === "0" || word === 0) return false;
  return value;
}
