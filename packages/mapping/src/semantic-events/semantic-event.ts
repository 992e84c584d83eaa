import type { JsonObject, Operation, PersonIdentifiers } from "@customerio-router/customerio";
import type { TrackCall } from "@customerio-router/messages";
import type { Rejected, Warning } from "../map-result.ts";
import type { MappingConnection } from "../settings.ts";

/** A track with one of the reserved names. */
export type NamedTrack = {
  call: TrackCall;
  properties: JsonObject;
  connection: MappingConnection;
  warnings: Warning[];
};

/** A field without which a reserved name means nothing. */
type Missing = { kind: "missing"; field: string };

type Meaning = { kind: "operation"; operation: Operation } | Missing | Rejected;

/** What a reserved name stands for. */
export type SemanticEvent = {
  /** What it needs besides its name, in words, for the documents. */
  needs: readonly string[];
  /** Deletes or suppresses: acts only where the connection says so. */
  isDestructive: boolean;
  read(track: NamedTrack): Meaning;
};

export function missing(field: string): Missing {
  return { kind: "missing", field };
}

export function meaning(operation: Operation): Meaning {
  return { kind: "operation", operation };
}

/** A reserved name about a person. */
export type PersonMeaning = (track: NamedTrack, identifiers: PersonIdentifiers) => Meaning;
