import type { Device, Json, JsonObject } from "@customerio-router/customerio";
import { readText, valueAt } from "@customerio-router/messages";
import { convertDatesIn } from "../dates.ts";
import { setOwn } from "../json-object.ts";
import type { MappingSettings } from "../settings.ts";

/** Customer.io's own note of what became of the last push message. */
const statusName = "_last_status";

/** What is known of a device, as text: what its context tells, and the event's properties, which win. */
export function deviceAttributes(
  context: unknown,
  properties: JsonObject,
  settings: MappingSettings,
): Device["attributes"] {
  const attributes = knownFrom(context);
  const given = settings.convertDates ? convertDatesIn(properties) : properties;
  for (const name of Object.keys(given)) {
    if (name !== statusName) setOwn(attributes, name, textOf(given[name] as Json));
  }
  return attributes;
}

function knownFrom(context: unknown): Device["attributes"] {
  const os = valueAt(context, "os");
  const osParts = [readText(valueAt(os, "name")), readText(valueAt(os, "version"))];
  const known: [string, string | undefined][] = [
    ["app_version", readText(valueAt(valueAt(context, "app"), "version"))],
    ["device_os", readText(osParts.filter((part) => part !== undefined).join(" "))],
    ["device_model", readText(valueAt(valueAt(context, "device"), "model"))],
    ["device_locale", readText(valueAt(context, "locale"))],
  ];
  return Object.fromEntries(known.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Null clears, as everywhere. */
function textOf(value: Json): string {
  if (typeof value === "string") return value;
  return value === null ? "" : JSON.stringify(value);
}
