import type { Activity } from "./activities.ts";
import type { Order, Page } from "./log.ts";
import { identifyingAttributes, type Person } from "./people/person.ts";
import type { Workspace } from "./workspace.ts";

type ActivityQuery = {
  /** An `id`, email, phone or `cio_id`, or an anonymous id. */
  person?: string | undefined;
  type?: string | undefined;
  name?: string | undefined;
  order: Order;
  after?: number | undefined;
  limit: number;
};

/** Activity as Customer.io shows it: without that of people who were deleted, suppressed or merged away. */
export function findActivities(workspace: Workspace, query: ActivityQuery): Page<Activity> {
  const { person, type, name, ...page } = query;
  const isWanted = person === undefined ? () => true : isAbout(person, findPerson(workspace, person));
  return workspace.activities.page({
    ...page,
    where: (activity) =>
      !activity.person?.isErased &&
      (type === undefined || activity.type === type) &&
      (name === undefined || activity.name === name) &&
      isWanted(activity),
  });
}

/** The person with this `id`, email, phone or `cio_id`, which may have its prefix `cio_` as in v1. */
export function findPerson({ people }: Workspace, text: string): Person | undefined {
  for (const name of identifyingAttributes) {
    const person = people.find({ [name]: text });
    if (person !== undefined) return person;
  }
  return people.find({ cio_id: text.replace(/^cio_/, "") });
}

/** People, newest first, from the one after number `after`. */
export function listPeople(
  { people }: Workspace,
  { after = Number.POSITIVE_INFINITY, limit }: { after?: number | undefined; limit: number },
): Page<Person> {
  const older: [number, Person][] = [];
  for (const person of people.all.values()) if (person.number < after) older.push([person.number, person]);
  const entries = older.slice(-limit).reverse();
  return { entries, next: older.length > limit ? (entries.at(-1)?.[0] ?? null) : null };
}

function isAbout(text: string, person: Person | undefined): (activity: Activity) => boolean {
  const sought = text.toLowerCase();
  return (activity) => {
    if (activity.person !== undefined) return activity.person === person;
    const { email, ...exact } = activity.identifiers;
    return email?.toLowerCase() === sought || Object.values(exact).includes(text);
  };
}
