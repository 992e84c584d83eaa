import { type Activities, createActivities } from "./activities.ts";
import { createObjects, type Objects } from "./objects/objects.ts";
import { createPeople, type People } from "./people/people.ts";

/** What Customer.io knows in one workspace. */
export type Workspace = { people: People; objects: Objects; activities: Activities };

/** Keeps at most `peopleLimit` people, as many objects, and `activityLimit` activities; the oldest makes room. */
export function createWorkspace({
  peopleLimit,
  activityLimit,
}: {
  peopleLimit: number;
  activityLimit: number;
}): Workspace {
  return {
    people: createPeople(peopleLimit),
    objects: createObjects(peopleLimit),
    activities: createActivities(activityLimit),
  };
}
