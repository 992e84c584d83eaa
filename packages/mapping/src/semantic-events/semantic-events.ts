import { customerioLimits } from "@customerio-router/customerio";
import { exceedsJsonBytes } from "@customerio-router/messages";
import { type MapResult, rejected, warning } from "../map-result.ts";
import { mayDestroy } from "../settings.ts";
import { reportDelivery } from "./delivery.ts";
import { addDevice, deleteDevice } from "./device.ts";
import { deleteObject, deleteRelationship } from "./object.ts";
import { deletePerson, suppressPerson, unsuppressPerson } from "./person-state.ts";
import type { NamedTrack, SemanticEvent } from "./semantic-event.ts";

/** The reserved names of tracks, letter by letter, and what they stand for. */
export const semanticEvents: ReadonlyMap<string, SemanticEvent> = new Map([
  ["Application Installed", addDevice],
  ["Application Opened", addDevice],
  ["Device Created or Updated", addDevice],
  ["Application Uninstalled", deleteDevice],
  ["Device Deleted", deleteDevice],
  ["User Deleted", deletePerson],
  ["User Suppressed", suppressPerson],
  ["User Unsuppressed", unsuppressPerson],
  ["Relationship Deleted", deleteRelationship],
  ["Object Deleted", deleteObject],
  ["Report Delivery Event", reportDelivery],
]);

/** What a track with a reserved name stands for; undefined for one to be sent as a plain event, after a warning where due. */
export function mapSemanticEvent(track: NamedTrack): MapResult | undefined {
  const { call, connection, warnings } = track;
  const event = connection.semanticEvents ? semanticEvents.get(call.event) : undefined;
  if (event === undefined) return undefined;
  if (event.isDestructive && !mayDestroy(connection)) {
    warnings.push(warning("destructive-event", "event"));
    return undefined;
  }
  const meaning = event.read(track);
  if (meaning.kind === "rejected") return meaning;
  if (meaning.kind === "missing") {
    warnings.push(warning("semantic-event-incomplete", meaning.field));
    return undefined;
  }
  return exceedsJsonBytes(meaning.operation, customerioLimits.operationBytes)
    ? rejected("operation-too-large", "properties")
    : { kind: "operations", operations: [meaning.operation], warnings };
}
