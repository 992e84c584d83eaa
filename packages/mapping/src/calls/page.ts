import { type PageCall, readText, valueAt } from "@customerio-router/messages";
import { type MapResult, type Warning, warning } from "../map-result.ts";
import type { MappingConnection } from "../settings.ts";
import { mapEvent } from "./event.ts";
import { readObject } from "./read-object.ts";

/** A page view, by the page's name or else its URL. */
export function mapPage(call: PageCall, connection: MappingConnection, warnings: Warning[]): MapResult {
  const properties = readObject(call.properties, "properties", warnings) ?? {};
  const name =
    readText(call.name) ??
    readText(properties.name) ??
    readText(properties.url) ??
    readText(valueAt(valueAt(call.context, "page"), "url"));
  if (name === undefined) warnings.push(warning("unnamed", "name"));
  const parts = { action: "page", name: name?.trim() ?? "Unnamed page", properties } as const;
  return mapEvent(call, parts, connection, warnings);
}
