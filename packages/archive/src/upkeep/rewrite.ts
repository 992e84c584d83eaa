import { normalizePerson } from "@customerio-router/messages";
import type { ArchivedMessage } from "../archived-message.ts";
import { createBreather } from "../breathe.ts";
import { type Context, unlessDamaged } from "../context.ts";
import { hasHash, hashOf } from "../index/hash.ts";
import { peopleOnLine } from "../people-on-line.ts";
import { dayFolderOf } from "../segments/folders.ts";
import { lineRanges } from "../segments/line-ranges.ts";
import { listDates, type Segment } from "../segments/list-segments.ts";
import { type BuiltSegment, createSegmentBuilder } from "../segments/segment-builder.ts";
import { writeSegmentName } from "../segments/segment-name.ts";
import { parseLine, readSegmentText } from "../segments/segment-text.ts";
import { publishSegment } from "../write/publish-segment.ts";
import type { Writer } from "../write/writer.ts";
import { claimGeneration } from "./claim-generation.ts";
import { sweepDay } from "./sweep.ts";

export type RewriteResult = {
  /** "refused": the next owner has to run it again. */
  outcome: "done" | "refused";
  rewrittenSegments: number;
  removedLines: number;
  /** Paths of segments that cannot be read: lines of these people may still be in them. */
  damaged: string[];
};

type Erasure = {
  people: ReadonlySet<string>;
  hashes: number[];
  /** Asked for each line that names one of the people. */
  keepLine: (line: ArchivedMessage) => boolean;
};

/**
 * Writes each segment that has lines of these people again, without the lines that are not to be kept, and deletes the
 * former one. A segment without lines stays as an empty one: it hides a cut that a suspended writer publishes late.
 * Interrupted, it can be run again.
 */
export async function rewrite(
  context: Context,
  connectionId: string,
  people: string[],
  keepLine: (line: ArchivedMessage) => boolean,
  writer: Writer,
): Promise<RewriteResult> {
  const keys = people.map(normalizePerson);
  const erasure = { people: new Set(keys), hashes: keys.map(hashOf), keepLine };
  const result: RewriteResult = { outcome: "done", rewrittenSegments: 0, removedLines: 0, damaged: [] };
  for (const date of await listDates(context.store, connectionId)) {
    if (!(await rewriteDay(context, { connectionId, date }, erasure, writer, result))) {
      return { ...result, outcome: "refused" };
    }
  }
  return result;
}

/** False when refused. */
async function rewriteDay(
  context: Context,
  { connectionId, date }: { connectionId: string; date: string },
  erasure: Erasure,
  writer: Writer,
  result: RewriteResult,
): Promise<boolean> {
  const { store } = context;
  const checked = new Set<string>();
  for (;;) {
    if (!writer.mayWrite()) return false;
    // Listed again after each segment: only what counts now is rewritten, and what was superseded is deleted.
    const { visible } = await sweepDay(store, connectionId, date, writer);
    const segment = visible.find(({ path }) => !checked.has(path));
    if (segment === undefined) return true;
    checked.add(segment.path);
    const rest = await unlessDamaged(context, () => readRest(context, segment, erasure));
    if (rest === undefined) result.damaged.push(segment.path);
    if (rest?.built === undefined) continue;
    const generation = await claimGeneration(store, connectionId, writer, segment.generation);
    if (generation === undefined) return false;
    const path = `${dayFolderOf(connectionId, date)}/${writeSegmentName({ ...segment, generation })}`;
    if ((await publishSegment(store, path, rest.built, writer)) === "refused") return false;
    checked.add(path);
    result.rewrittenSegments += 1;
    result.removedLines += rest.removedLines;
  }
}

/** Without a segment when nothing is to be removed. */
type Rest = { removedLines: number; built?: BuiltSegment };

async function readRest(
  { store, indexes }: Context,
  segment: Segment,
  { people, hashes, keepLine }: Erasure,
): Promise<Rest> {
  const index = await indexes.read(segment);
  if (!hashes.some((hash) => hasHash(index.people, hash))) return { removedLines: 0 };
  const text = await readSegmentText(store, segment, index.rawBytes);
  const builder = createSegmentBuilder();
  try {
    const breathe = createBreather();
    let removedLines = 0;
    for (const portion of lineRanges(text, { needle: undefined, newestFirst: false })) {
      for (const range of portion) {
        const { line, text: stored } = parseLine(text, range, segment.path);
        await breathe();
        const named = peopleOnLine(line);
        if (named.some((person) => people.has(person)) && !keepLine(line)) removedLines += 1;
        else await builder.add({ text: stored, head: { ...line, people: named } });
      }
    }
    return removedLines === 0 ? { removedLines } : { removedLines, built: await builder.finish() };
  } finally {
    builder.abandon();
  }
}
