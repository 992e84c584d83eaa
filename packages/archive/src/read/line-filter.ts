import { normalizePerson } from "@customerio-router/messages";
import type { ArchivedMessage } from "../archived-message.ts";
import { hasHash, hashOf } from "../index/hash.ts";
import type { SegmentIndex } from "../index/segment-index.ts";
import { peopleOnLine } from "../people-on-line.ts";
import { timesOf } from "../times.ts";

/** Lines that have all of these. */
export type LineFilter = {
  /** Received from this time on, in Unix milliseconds. */
  fromMs?: number | undefined;
  /** Received before this time. */
  toMs?: number | undefined;
  messageId?: string | undefined;
  /** A key such as `id:42`, `email:ada@example.com` or `anonymous_id:x`. */
  person?: string | undefined;
  /** `track Order Completed`, `page Home`, `identify`. */
  event?: string | undefined;
  reason?: string | undefined;
  outcome?: ArchivedMessage["outcome"] | undefined;
  source?: string | undefined;
};

export type PreparedFilter = {
  fromMs: number;
  toMs: number;
  /** Whether a segment can have such lines. */
  mayBeIn(index: SegmentIndex): boolean;
  /** Bytes that each such line has. */
  needle: Buffer | undefined;
  matches(line: ArchivedMessage): boolean;
};

/** Tells whether a line passes, wherever it stands. */
export function lineMatcher(filter: LineFilter): (line: ArchivedMessage) => boolean {
  return prepareFilter(filter).matches;
}

export function prepareFilter(filter: LineFilter): PreparedFilter {
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = filter;
  const { messageId, event, reason, outcome, source } = filter;
  const person = filter.person === undefined ? undefined : normalizePerson(filter.person);
  const words = Object.entries({ event, outcome, reason, source }).flatMap(([name, value]) =>
    value === undefined ? [] : hashOf(`${name}:${value}`),
  );
  return {
    fromMs,
    toMs,
    mayBeIn: (index) =>
      index.received.maxMs >= fromMs &&
      index.received.minMs < toMs &&
      (messageId === undefined || hasHash(index.messages, hashOf(messageId))) &&
      (person === undefined || hasHash(index.people, hashOf(person))) &&
      words.every((hash) => hasHash(index.words, hash)),
    needle: needleOf({ ...filter, person }),
    matches(line) {
      const { receivedMs } = timesOf(line);
      return (
        receivedMs >= fromMs &&
        receivedMs < toMs &&
        (messageId === undefined || line.messageId === messageId) &&
        (outcome === undefined || line.outcome === outcome) &&
        (reason === undefined || line.reason === reason) &&
        (source === undefined || line.source === source) &&
        (event === undefined || line.event === event) &&
        (person === undefined || peopleOnLine(line).includes(person))
      );
    },
  };
}

/** The rarest part of a line that the filter asks for, as JSON.stringify writes it. */
function needleOf({ messageId, person, reason, event, source, outcome }: LineFilter): Buffer | undefined {
  if (messageId !== undefined) return needle("messageId", messageId);
  if (person !== undefined) return Buffer.from(JSON.stringify(person));
  if (reason !== undefined) return needle("reason", reason);
  if (event !== undefined) return needle("event", event);
  if (source !== undefined) return needle("source", source);
  if (outcome !== undefined) return needle("outcome", outcome);
  return undefined;
}

function needle(name: string, value: string): Buffer {
  return Buffer.from(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
}
