import type { EventOperation } from "./operation.ts";
import type { Workspace } from "./workspace.ts";

const typeOf = { event: "Event", page: "Page View", screen: "Screen View" } as const;

/** An event is associated with whoever is identified when it comes; it makes nobody known. */
export function applyEvent({ people, activities }: Workspace, event: EventOperation, nowMs: number): boolean {
  const { identifiers, id, timestamp, attributes: data } = event;
  const anonymousId = identifiers.anonymous_id;
  const person =
    anonymousId === undefined ? people.find(identifiers) : activities.ownerOf(anonymousId, nowMs);
  const type = typeOf[event.action];
  const name = event.name.trim();
  activities.add({ type, name, person, identifiers, id, timestamp, receivedAtMs: nowMs, data });
  return true;
}
