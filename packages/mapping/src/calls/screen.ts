import { readText, type ScreenCall } from "@customerio-router/messages";
import { type MapResult, type Warning, warning } from "../map-result.ts";
import type { MappingConnection } from "../settings.ts";
import { mapEvent } from "./event.ts";
import { readObject } from "./read-object.ts";

/** A screen view, by the screen's name; some SDKs call it the event. */
export function mapScreen(call: ScreenCall, connection: MappingConnection, warnings: Warning[]): MapResult {
  const properties = readObject(call.properties, "properties", warnings) ?? {};
  const name = readText(call.name) ?? readText(properties.name) ?? readText(call.event);
  if (name === undefined) warnings.push(warning("unnamed", "name"));
  const parts = { action: "screen", name: name?.trim() ?? "Unnamed screen", properties } as const;
  return mapEvent(call, parts, connection, warnings);
}
