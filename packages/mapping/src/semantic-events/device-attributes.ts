import type { Device, Json, JsonObject } from "@customerio-router/customerio";
import { readText, valueAt } from "@customerio-router/messages";
import { setOwn } from "../attributes/json-object.ts";
import { type Warning, warning } from "../map-result.ts";
import type { MappingSettings } from "../settings.ts";
import { convertDatesIn } from "../time/dates.ts";

/** Customer.io's own note of what became of the last push message. */
const statusName = "_last_status";

/** Whether the device may receive push messages. Source: Track API v2, add device. */
const pushName = "push_enabled";
const pushValues: ReadonlySet<string> = new Set(["true", "false"]);

/** What is known of a device, as text: what its context tells, and the event's properties, which win. */
export function deviceAttributes(
  context: unknown,
  properties: JsonObject,
  settings: MappingSettings,
  warnings: Warning[],
): Device["attributes"] {
  const attributes = knownFrom(context);
  const given = settings.convertDates ? convertDatesIn(properties) : properties;
  for (const name of Object.keys(given)) {
    const value = textOf(given[name] as Json);
    if (name === statusName) continue;
    if (name === pushName && !pushValues.has(value)) {
      warnings.push(warning("unreadable", `properties.${name}`));
      continue;
    }
    setOwn(attributes, name, value);
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
