import type { Connection } from "@customerio-router/connections";
import { peopleOf } from "@customerio-router/messages";
import type { MessagesContext } from "../messages-context.ts";
import { listMessages, startOfArchive } from "./find-messages.ts";
import type { KnownMessage } from "./known-message.ts";
import { noFilter, peopleNamed } from "./message-filter.ts";

const maxNames = 5;
const kinds = ["id", "email", "anonymous_id"];
/** How long is searched when nothing turns up: without the names, an email address finds next to nothing. */
const maxMs = 400;

/** What else a person is called, by the `identify` calls that name them: an email address has a user id, and a user id both. */
export async function findOtherNames(
  context: MessagesContext,
  connections: Connection[],
  person: string,
): Promise<string[]> {
  if (person === "") return [];
  const names = new Set<string>();
  const endsAt = performance.now() + maxMs;
  const filter = { ...noFilter, person, event: "identify" };
  const search = async (from: string | undefined) => {
    let before = from;
    do {
      const page = await listMessages(context, { connections, filter, before });
      for (const name of page.messages.flatMap((known) => otherNamesOn(known, person))) names.add(name);
      before = page.next;
    } while (names.size === 0 && before !== undefined && performance.now() < endsAt);
  };
  // Redis alone can take up that time; most people were identified long ago.
  await Promise.all([search(undefined), search(startOfArchive(connections))]);
  return [...names].slice(0, maxNames);
}

function otherNamesOn({ message, operations }: KnownMessage, person: string): string[] {
  const given = peopleNamed(person);
  return peopleOf(message, operations).flatMap((key) => {
    const [kind = ""] = key.split(":", 1);
    const name = key.slice(kind.length + 1);
    // An email address in the place of an id is the same name.
    const isGiven = [key, ...peopleNamed(name)].some((known) => given.includes(known));
    return kinds.includes(kind) && !isGiven ? [name] : [];
  });
}
