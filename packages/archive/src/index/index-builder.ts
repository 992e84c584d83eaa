import { eventOf } from "@customerio-router/messages";
import type { ArchivedMessage } from "../archived-message.ts";
import { timesOf } from "../times.ts";
import { hashOf, writeHashes } from "./hash.ts";
import type { SegmentIndex, TimeSpan } from "./segment-index.ts";

export type IndexBuilder = {
  readonly lines: number;
  add(line: ArchivedMessage, people: string[]): void;
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
    add(line, named) {
      lines += 1;
      const { receivedMs, settledMs } = timesOf(line);
      extend(received, receivedMs);
      extend(settled, settledMs);
      messages.add(hashOf(line.messageId));
      for (const person of named) people.add(hashOf(person));
      for (const word of wordsOf(line)) words.add(hashOf(word));
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
export function wordsOf(line: ArchivedMessage): string[] {
  const words = [`event:${eventOf(line.message)}`, `outcome:${line.outcome}`];
  const reason = reasonOf(line);
  if (reason !== undefined) words.push(`reason:${reason}`);
  if (line.source !== undefined) words.push(`source:${line.source}`);
  return words;
}

export function reasonOf(line: ArchivedMessage): string | undefined {
  return line.reason ?? line.rejection?.reason;
}

function emptySpan(): TimeSpan {
  return { minMs: Number.POSITIVE_INFINITY, maxMs: Number.NEGATIVE_INFINITY };
}

function extend(span: TimeSpan, timeMs: number): void {
  span.minMs = Math.min(span.minMs, timeMs);
  span.maxMs = Math.max(span.maxMs, timeMs);
}
