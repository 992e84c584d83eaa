import type { Archive } from "@customerio-router/archive";
import { makeLine } from "./make-line.ts";

/** A segment of some 8 MB before compression. */
const linesPerCut = 7_500;
const linesPerGroup = 100;

export type Built = {
  messages: number;
  segments: number;
  rawBytes: number;
  bytes: number;
  seconds: number;
  messagesPerSecond: number;
};

/** Writes cuts until there are that many messages, or the time is over. */
export async function buildArchive(
  archive: Archive,
  {
    connectionId = "bench",
    messages,
    forMs = Number.POSITIVE_INFINITY,
  }: { connectionId?: string; messages: number; forMs?: number },
): Promise<Built> {
  const startedAt = performance.now();
  let written = 0;
  while (written < messages && performance.now() - startedAt < forMs) {
    const count = Math.min(linesPerCut, messages - written);
    const cut = { first: written + 1, last: written + count };
    await archive.writeCut(connectionId, cut, groupsOf(written, count), { mayWrite: () => true });
    written += count;
    if (written % (linesPerCut * 80) === 0) console.log(`${written} messages written`);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const summary = (await archive.list()).find((one) => one.connectionId === connectionId);
  if (summary === undefined) throw new Error("the archive is empty");
  const { segments, rawBytes, bytes } = summary;
  return { messages: written, segments, rawBytes, bytes, seconds, messagesPerSecond: written / seconds };
}

function* groupsOf(from: number, count: number) {
  for (let at = from; at < from + count; at += linesPerGroup) {
    const size = Math.min(linesPerGroup, from + count - at);
    yield Array.from({ length: size }, (_, index) => makeLine(at + index));
  }
}
