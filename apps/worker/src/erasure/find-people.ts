import type { Archive } from "@customerio-router/archive";
import { readLines } from "@customerio-router/connections";
import { peopleOf, valueAt } from "@customerio-router/messages";
import type { RedisClient } from "@customerio-router/redis";

/** Each round finds keys that stand on messages together with those found before. */
const maxRounds = 4;

export type FoundPeople = {
  /** All keys of the person, the given ones first. */
  people: string[];
  /** Keys on the person's messages that other people's messages have too: they are nobody's alone, and stay. */
  shared: number;
};

type Line = { people: string[]; isAlias: boolean };

/**
 * The keys that are known together with those given, from the messages that Redis and the archive have of a connection: an
 * id's email address and anonymous ids, an email address's id, and the former id of an `alias`.
 */
export async function findPeople(options: {
  redis: RedisClient;
  archive: Archive | undefined;
  connectionId: string;
  given: string[];
}): Promise<FoundPeople> {
  const person = new Set(options.given);
  let shared = 0;
  for (let round = 0; round < maxRounds; round++) {
    const candidates = await findCandidates(options, person);
    if (candidates.size === 0) break;
    const own = await leaveShared(options, { person, candidates });
    shared = candidates.size - own.size;
    if (own.size === 0) break;
    for (const key of own) person.add(key);
  }
  return { people: [...person], shared };
}

async function findCandidates(
  options: Parameters<typeof findPeople>[0],
  person: Set<string>,
): Promise<Set<string>> {
  const candidates = new Set<string>();
  const hasId = realIds(person, person).length > 0;
  for await (const { people, isAlias } of linesOf(options, person)) {
    for (const key of people) {
      // Two ids on one message are two people, unless it says that they are one.
      if (!person.has(key) && (isAlias || !hasId || !isRealId(key, person))) candidates.add(key);
    }
  }
  const ids = realIds(candidates, person);
  // An email address of several people: whose messages are meant, nobody knows.
  if (!hasId && ids.length > 1) return new Set();
  return candidates;
}

/** Without the keys that stand on messages of others. */
async function leaveShared(
  options: Parameters<typeof findPeople>[0],
  { person, candidates }: { person: Set<string>; candidates: Set<string> },
): Promise<Set<string>> {
  const own = new Set(candidates);
  const both = new Set([...person, ...candidates]);
  for await (const { people } of linesOf(options, candidates)) {
    const isOfOthers = people.some((key) => isRealId(key, both) && !both.has(key));
    if (!isOfOthers) continue;
    for (const key of people) if (!key.startsWith("id:") || !isRealId(key, both)) own.delete(key);
  }
  return own;
}

/** An email address that stands where an id belongs is the same key twice. */
function isRealId(key: string, known: ReadonlySet<string>): boolean {
  return key.startsWith("id:") && !known.has(`email:${key.slice("id:".length).trim().toLowerCase()}`);
}

function realIds(keys: ReadonlySet<string>, known: ReadonlySet<string>): string[] {
  return [...keys].filter((key) => isRealId(key, new Set([...known, ...keys])));
}

async function* linesOf(
  options: Parameters<typeof findPeople>[0],
  wanted: ReadonlySet<string>,
): AsyncGenerator<Line, void, undefined> {
  for await (const { message, operations } of readLines({ ...options, people: [...wanted] })) {
    const people = peopleOf(message, operations);
    if (!people.some((key) => wanted.has(key))) continue;
    yield { people, isAlias: valueAt(message, "type") === "alias" };
  }
}
