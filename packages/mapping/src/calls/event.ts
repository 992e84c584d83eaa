import {
  customerioLimits,
  type EventOperation,
  eventPath,
  type JsonObject,
} from "@customerio-router/customerio";
import { type Call, exceedsJsonBytes, jsonBytes } from "@customerio-router/messages";
import { cutToBytes, exceedsBytes } from "../attributes/bytes.ts";
import { eventAttributes } from "../attributes/event-attributes.ts";
import { eventId } from "../identity/event-id.ts";
import { findActor } from "../identity/who.ts";
import { type MapResult, rejected, type Warning, warning } from "../map-result.ts";
import type { MappingConnection } from "../settings.ts";
import { callTime } from "../time/call-time.ts";

/** What tells one event from another; the rest is the same for all. */
type EventParts = { action: EventOperation["action"]; name: string; properties: JsonObject };

/** What somebody did: the way of track, page and screen. */
export function mapEvent(
  call: Call,
  { action, name, properties }: EventParts,
  connection: MappingConnection,
  warnings: Warning[],
): MapResult {
  const actor = findActor(call, connection);
  if (actor.kind === "skipped" || actor.kind === "rejected") return actor;
  const timestamp = callTime(call, warnings);
  const operation: EventOperation = {
    type: "person",
    action,
    identifiers: actor.identifiers,
    name: shortName(name, warnings),
    id: eventId(call, connection.connectionId),
    ...(timestamp !== undefined && { timestamp }),
    attributes: eventAttributes(properties, action, connection, warnings),
  };
  const routed = route(operation);
  return routed === undefined
    ? rejected("event-too-large", "properties")
    : { kind: "operations", operations: [routed], warnings };
}

function shortName(name: string, warnings: Warning[]): string {
  const { eventNameBytes } = customerioLimits;
  if (!exceedsBytes(name, eventNameBytes)) return name;
  warnings.push(warning("name-truncated", "name"));
  return cutToBytes(name, eventNameBytes);
}

/** The operation as it is for v2; marked for v1 where it is too large for that; undefined where it fits nowhere. */
function route(operation: EventOperation): EventOperation | undefined {
  if (!exceedsJsonBytes(operation, customerioLimits.operationBytes)) return operation;
  const fitsV1 =
    eventPath(operation.identifiers) !== undefined &&
    jsonBytes(operation.attributes) <= customerioLimits.v1EventDataBytes;
  return fitsV1 ? { ...operation, route: "v1" } : undefined;
}
