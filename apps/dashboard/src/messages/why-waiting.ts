import { messageIdOf, peopleOf, readJobText } from "@customerio-router/messages";
import { findPlace, type PlaceInQueue } from "@customerio-router/queue";
import { queueKeys } from "@customerio-router/redis";
import { type ConnectionState, readReports } from "@customerio-router/reports";
import type { KnownMessage } from "./find/known-message.ts";
import type { MessagesContext } from "./messages-context.ts";

/** Jobs ahead that are searched for messages of the same person; a job has up to 256 KB. */
export const searchedAhead = 100;

/** Why a message has not been delivered yet. */
export type WhyWaiting = Omit<PlaceInQueue, "nearest"> & {
  /** Of its connection, with the tries and the next try. */
  state: ConnectionState;
  /** Messages of the same person, which are sent before it: those in its job and the nearest 100 jobs ahead. */
  personMessagesAhead: number;
};

/** `undefined` for a message that does not wait, or not any more. */
export async function findWhyWaiting(
  { redis }: Pick<MessagesContext, "redis">,
  known: KnownMessage,
): Promise<WhyWaiting | undefined> {
  if (known.state !== "waiting") return undefined;
  const { connection, jobId } = known;
  const [place, { connections }] = await Promise.all([
    findPlace(redis, connection.id, { jobId, most: searchedAhead }),
    readReports(redis, [connection.id]),
  ]);
  const [report] = connections;
  if (!place || !report) return undefined;
  const { nearest, ...where } = place;
  const keys = queueKeys(connection.id);
  const texts = await Promise.all([jobId, ...nearest].map((id) => redis.hget(keys.job(id), "data")));
  const [own, ...ahead] = texts.map((text) =>
    text === null ? [] : readJobText(text).entries.map(({ message }) => message),
  );
  const before = own?.slice(
    0,
    own.findIndex((message) => messageIdOf(message) === known.messageId),
  );
  const people = new Set(peopleOf(known.message));
  const isOfPerson = (message: unknown) => peopleOf(message).some((key) => people.has(key));
  const personMessagesAhead = [...(before ?? []), ...ahead.flat()].filter(isOfPerson).length;
  return { ...where, state: report.state, personMessagesAhead };
}
