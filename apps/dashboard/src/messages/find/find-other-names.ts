import type { Connection } from "@customerio-router/connections";
import { peopleOf } from "@customerio-router/messages";
import type { MessagesContext } from "../messages-context.ts";
import { listMessages, startOfArchive } from "./find-messages.ts";
import { noFilter, peopleNamed } from "./message-filter.ts";

const maxNames = 5;
const kinds = ["id", "email", "anonymous_id"];

/** What else a person is called, by the `identify` calls that name them: an email address has a user id, and a user id both. */
export async function findOtherNames(
  context: MessagesContext,
  connections: Connection[],
  person: string,
): Promise<string[]> {
  if (person === "") return [];
  const filter = { ...noFilter, person, event: "identify" };
  // Redis alone can take up a page's time; most people were identified long ago.
  const places = [undefined, startOfArchive(connections)];
  const pages = await Promise.all(
    places.map((before) => listMessages(context, { connections, filter, before })),
  );
  const given = new Set(peopleNamed(person));
  const names = new Set<string>();
  for (const { message, operations } of pages.flatMap(({ messages }) => messages)) {
    for (const key of peopleOf(message, operations)) {
      const [kind = ""] = key.split(":", 1);
      const name = key.slice(kind.length + 1);
      // An email address in the place of an id is the same name.
      const isGiven = given.has(key) || peopleNamed(name).some((key) => given.has(key));
      if (kinds.includes(kind) && !isGiven) names.add(name);
    }
  }
  return [...names].slice(0, maxNames);
}
