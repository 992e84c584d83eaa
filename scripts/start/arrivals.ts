import { expected } from "./examples.ts";
import { waitUntil } from "./wait-until.ts";

const ARRIVED_WITHIN_MS = 30_000;

/** One line of the sandbox's activity. */
export type Arrival = { person: string; type: string; name: string };

type ActivityAnswer = {
  activity: { type: string; name: string; person: { name: string; id: string | null } | null }[];
};

/** Resolves when every example call can be seen in the sandbox; throws with what is missing. */
export async function waitForExamples(options: { sandboxUrl: string; signal: AbortSignal }): Promise<void> {
  const { sandboxUrl, signal } = options;
  let missing: string[] = [];
  await waitUntil(
    async () => {
      missing = await findMissing(sandboxUrl);
      return missing.length === 0;
    },
    {
      otherwise: () =>
        `missing in the sandbox after ${ARRIVED_WITHIN_MS / 1_000} seconds: ${missing.join(", ")}`,
      timeoutMs: ARRIVED_WITHIN_MS,
      signal,
    },
  );
}

async function findMissing(sandboxUrl: string): Promise<string[]> {
  const { userId, email, activityNames } = expected;
  const { activity } = await readActivity(sandboxUrl);
  const arrived = new Set(activity.filter(({ person }) => person?.id === userId).map(({ name }) => name));
  const missing = activityNames.filter((name) => !arrived.has(name));
  const answer = await fetch(`${sandboxUrl}/api/people/${userId}`);
  if (!answer.ok) return [`person ${userId}`, ...missing];
  const person = (await answer.json()) as { email: string | null; unsubscribed: boolean };
  if (person.email !== email) missing.push(`email ${email}`);
  if (!person.unsubscribed) missing.push("unsubscribed");
  return missing;
}

/** What arrived, oldest first. */
export async function readArrivals(sandboxUrl: string): Promise<Arrival[]> {
  const { activity } = await readActivity(sandboxUrl);
  return activity.map(({ person, type, name }) => ({ person: describePerson(person), type, name }));
}

/** The sandbox names a person by email, where there is one; the id tells it is the caller's user. */
function describePerson(person: ActivityAnswer["activity"][number]["person"]): string {
  if (!person) return "(anonymous)";
  const { id, name } = person;
  return id === null || id === name ? name : `${id} (${name})`;
}

async function readActivity(sandboxUrl: string): Promise<ActivityAnswer> {
  const answer = await fetch(`${sandboxUrl}/api/activity?order=oldest`);
  if (!answer.ok) throw new Error(`the sandbox answers ${answer.status} at ${answer.url}`);
  return (await answer.json()) as ActivityAnswer;
}
