import type { EventOperation, Json, JsonObject } from "@customerio-router/customerio";
import { type Warning, warning } from "../map-result.ts";
import type { MappingSettings } from "../settings.ts";
import { convertDatesIn } from "../time/dates.ts";
import { setOwn } from "./json-object.ts";

/** Reads a value in the one form Customer.io takes; undefined for any other. */
type Form = (value: Json | undefined) => Json | undefined;

const text: Form = (value) => {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : undefined;
};
const texts: Form = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;

/** The properties that Customer.io reads itself, so that they are never dates. Source: Track API v2, event and page. */
const formsByAction: { [Action in EventOperation["action"]]: [name: string, form: Form][] } = {
  event: [
    ["recipient", text],
    ["from_address", text],
    ["reply_to", text],
  ],
  page: [
    ["path", text],
    ["referrer", text],
    ["search", text],
    ["title", text],
    ["url", text],
    ["keywords", texts],
  ],
  screen: [],
};

/** An event's properties as attributes: as they are, but for dates, and for what the published contract would reject. */
export function eventAttributes(
  properties: JsonObject,
  action: EventOperation["action"],
  settings: MappingSettings,
  warnings: Warning[],
): JsonObject {
  let attributes = settings.convertDates ? convertDatesIn(properties) : properties;
  for (const [name, form] of formsByAction[action]) {
    const given = properties[name];
    const value = form(given);
    if (value === attributes[name]) continue;
    if (attributes === properties) attributes = { ...properties };
    if (value !== undefined) setOwn(attributes, name, value);
    else {
      delete attributes[name];
      if (given !== null) warnings.push(warning("unreadable", `properties.${name}`));
    }
  }
  return attributes;
}
