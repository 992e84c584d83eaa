import type { Operation } from "../operation.ts";

/** An operation that can go to v1's events endpoint. */
export type EventOperation = Extract<Operation, { type: "person"; action: "event" | "page" | "screen" }>;

/**
 * The path of `POST /api/v1/customers/{identifier}/events`: the id or email as it is, or `cio_<value>`. Undefined
 * for who cannot stand in a path: nobody, `.` and `..` (URL parsers fold them, so that the request reaches
 * another endpoint), text with a lone surrogate, and anonymous people. Source: Track API v1, track.
 */
export function eventPath(identifiers: EventOperation["identifiers"]): string | undefined {
  const identifier = pathIdentifier(identifiers);
  const isUnfit =
    identifier === "" || identifier === "." || identifier === ".." || !identifier.isWellFormed();
  return isUnfit ? undefined : `/api/v1/customers/${encodeURIComponent(identifier)}/events`;
}

function pathIdentifier(identifiers: EventOperation["identifiers"]): string {
  if ("id" in identifiers) return identifiers.id;
  if ("email" in identifiers) return identifiers.email;
  return "cio_id" in identifiers ? `cio_${identifiers.cio_id}` : "";
}

/** The body of that request as JSON. */
export function eventBody({ name, action, id, timestamp, attributes }: EventOperation): string {
  return JSON.stringify({ name, type: action, id, timestamp, data: attributes });
}
