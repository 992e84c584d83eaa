import type { ConnectionOverview } from "@customerio-router/connections";
import type { ConnectionState } from "@customerio-router/reports";

const places: { [state in ConnectionState["state"]]: number } = {
  "keys-refused": 0,
  "needs-attention": 0,
  "no-worker": 1,
  retrying: 2,
  paused: 4,
  unverified: 5,
  active: 5,
  shadow: 5,
};
const failedPlace = 3;

/** Trouble first: what needs a person, what does not deliver, what has failed messages; each part in the order it came in. */
export function troubleFirst(overviews: ConnectionOverview[]): ConnectionOverview[] {
  return overviews.toSorted((one, other) => placeOf(one) - placeOf(other));
}

function placeOf({ state, messagesFailed }: ConnectionOverview): number {
  const place = places[state.state];
  return messagesFailed > 0 ? Math.min(place, failedPlace) : place;
}

/** Whether a connection is one that a person looks for by a part of its name, its id or its Site ID. */
export function isLookedFor(
  { name, id, siteId }: { name: string; id: string; siteId: string },
  query: string,
): boolean {
  const wanted = query.trim().toLowerCase();
  return [name, id, siteId].some((text) => text.toLowerCase().includes(wanted));
}
