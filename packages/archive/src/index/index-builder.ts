import type { LineHead } from "../archived-message.ts";
import type { LineTimes } from "../times.ts";
import { hashOf, writeHashes } from "./hash.ts";
import type { SegmentIndex, TimeSpan } from "./segment-index.ts";

export type IndexBuilder = {
  readonly lines: number;
  add(head: LineHead, times: LineTimes): void;
  finish(sizes: { rawBytes: number; segmentBytes: number }): SegmentIndex;
};

/** Collects what a segment's index says, line by line. */
export function createIndexBuilder(): IndexBuilder {
  const messages = new Set<number>();
  const people = new Set<number>();
  const words = new Set<number>();
  const received = emptySpan();
  const settled = emptySpan();
  let lines = 0;
  return {
    get lines() {
      return lines;
    },
    add(head, { receivedMs, settledMs }) {
      lines += 1;
      extend(received, receivedMs);
      extend(settled, settledMs);
      messages.add(hashOf(head.messageId));
      for (const person of head.people) people.add(hashOf(person));
      for (const word of wordsOf(head)) words.add(hashOf(word));
    },
    finish: (sizes) => ({
      ...sizes,
      lines,
      received,
      settled,
      messages: writeHashes(messages),
      people: writeHashes(people),
      words: writeHashes(words),
    }),
  };
}

/** What lines are filtered by, apart from ids, people and times. */
function wordsOf({ event, outcome, reason, source }: LineHead): string[] {
  const words = [`event:${event}`, `outcome:${outcome}`];
  if (reason !== undefined) words.push(`reason:${reason}`);
  if (source !== undefined) words.push(`source:${source}`);
  return words;
}

function emptySpan(): TimeSpan {
  return { minMs: Number.POSITIVE_INFINITY, maxMs: Number.NEGATIVE_INFINITY };
}

function extend(span: TimeSpan, timeMs: number): void {
  span.minMs = Math.min(span.minMs, timeMs);
  span.maxMs = Math.max(span.maxMs, timeMs);
}
