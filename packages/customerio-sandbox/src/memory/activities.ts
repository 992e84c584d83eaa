import { createBoundedMap } from "./bounded-map.ts";
import { createLog, type Log } from "./log.ts";
import type { JsonMap } from "./operation.ts";
import type { Person } from "./people/person.ts";

/** One line of Customer.io's Activity. */
export type Activity = {
  type: ActivityType;
  name: string;
  /** Absent while nobody is identified by the identifiers. */
  person?: Person | undefined;
  /** As sent: `{ id }`, `{ email }`, `{ anonymous_id }`, of a delivery its `{ id }`. */
  identifiers: { readonly [name: string]: string | undefined };
  /** The ULID of an event. */
  id?: string | undefined;
  /** Unix seconds, as sent. */
  timestamp?: number | undefined;
  receivedAtMs: number;
  data?: JsonMap | undefined;
};

export const activityTypes = [
  "Event",
  "Page View",
  "Screen View",
  "Attribute change",
  "Failed attribute change",
  "Person deleted",
  "Person suppressed",
  "Person unsuppressed",
  "People merged",
  "Device added",
  "Device deleted",
  "Object change",
  "Object deleted",
  "Relationship added",
  "Relationship deleted",
  "Delivery event",
] as const;
export type ActivityType = (typeof activityTypes)[number];

export type Activities = Log<Activity> & {
  /** Whose an anonymous event is that arrives now. */
  ownerOf(anonymousId: string, nowMs: number): Person | undefined;
  /** Gives the person what was done under the anonymous id. False: it is somebody else's already. */
  adopt(anonymousId: string, person: Person, nowMs: number): boolean;
  /** What `from` did in the last 30 days becomes what `to` did. */
  move(from: Person, to: Person, nowMs: number): void;
};

/** How far back events follow a person. Source: `POST /api/v1/events` and `/api/v1/merge_customers`. */
const mergedWithinMs = 30 * 24 * 60 * 60 * 1_000;

/** How much later than the identify an anonymous event may come and still follow the person. */
const adoptedWithinMs = 5 * 60 * 1_000;

export function createActivities(limit: number): Activities {
  /** By anonymous id, oldest first, what nobody has done yet. */
  const waiting = new Map<string, Activity[]>();
  const owners = createBoundedMap<string, { person: Person; sinceMs: number }>(limit);
  const log = createLog<Activity>(limit, (forgotten) => {
    const anonymousId = forgotten.identifiers.anonymous_id;
    if (anonymousId === undefined || forgotten.person !== undefined) return;
    const others = waiting.get(anonymousId);
    if (others?.[0] === forgotten) others.shift();
    if (others?.length === 0) waiting.delete(anonymousId);
  });

  return {
    ...log,
    get size() {
      return log.size;
    },
    add(activity) {
      const anonymousId = activity.identifiers.anonymous_id;
      if (anonymousId !== undefined && activity.person === undefined) {
        const others = waiting.get(anonymousId);
        if (others === undefined) waiting.set(anonymousId, [activity]);
        else others.push(activity);
      }
      return log.add(activity);
    },
    ownerOf(anonymousId, nowMs) {
      const owner = owners.get(anonymousId);
      if (owner === undefined || owner.person.isErased) return undefined;
      return nowMs - owner.sinceMs <= adoptedWithinMs ? owner.person : undefined;
    },
    adopt(anonymousId, person, nowMs) {
      const owner = owners.get(anonymousId);
      if (owner !== undefined && owner.person !== person && !owner.person.isErased) return false;
      owners.set(anonymousId, { person, sinceMs: nowMs });
      for (const activity of waiting.get(anonymousId) ?? []) {
        if (nowMs - activity.receivedAtMs <= mergedWithinMs) activity.person = person;
      }
      waiting.delete(anonymousId);
      return true;
    },
    move(from, to, nowMs) {
      const { entries } = log.page({ order: "newest", limit, where: ({ person }) => person === from });
      for (const [, activity] of entries) {
        if (nowMs - activity.receivedAtMs <= mergedWithinMs) activity.person = to;
      }
    },
    clear() {
      log.clear();
      waiting.clear();
      owners.clear();
    },
  };
}
