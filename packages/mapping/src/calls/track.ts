import type { TrackCall } from "@customerio-router/messages";
import type { MapResult, Warning } from "../map-result.ts";
import { mapSemanticEvent } from "../semantic-events/semantic-events.ts";
import type { MappingConnection } from "../settings.ts";
import { mapEvent } from "./event.ts";
import { readObject } from "./read-object.ts";

/** A track as an event, or, under one of the reserved names, as what that name stands for. */
export function mapTrack(call: TrackCall, connection: MappingConnection, warnings: Warning[]): MapResult {
  const properties = readObject(call.properties, "properties", warnings) ?? {};
  return (
    mapSemanticEvent({ call, properties, connection, warnings }) ??
    mapEvent(call, { action: "event", name: call.event.trim(), properties }, connection, warnings)
  );
}
