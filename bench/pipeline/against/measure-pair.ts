import { join } from "node:path";
import { measureMessages, totalCpuMs } from "../measure-load.ts";
import { openPipeline, type Pipeline } from "../open-pipeline.ts";
import type { Posting, Race } from "../plan.ts";
import { fullLoad } from "../run-race.ts";
import type { Pair, parts } from "./write-comparison.ts";

/** What a machine of two cores delivers, about. */
const perSecond: Readonly<Record<Posting, number>> = { singles: 15_000, twenties: 30_000 };

type PairOptions = {
  /** The other commit's. */
  checkout: string;
  /** Whether this checkout is measured first and last; otherwise the other is. */
  isFirst: boolean;
  /** What new processes get before they are measured, and what they are measured by, as seconds of a machine of two cores. */
  warmUpMs: number;
  measureMs: number;
  /** Where both leave their CPU profiles, in a folder each. */
  profileFolder: string | undefined;
};

/**
 * Runs both sides' processes, new and warmed up, and measures them by turns, as in a-b-b-a: what slows the machine down
 * for some seconds hits both.
 */
export async function measurePair(race: Race, options: PairOptions): Promise<Pair> {
  const { checkout, isFirst, profileFolder } = options;
  const folderOf = (side: string) => profileFolder && join(profileFolder, race.posting, side);
  const messagesIn = (timeMs: number) => (perSecond[race.posting] * timeMs) / 1_000;
  const warmUp = messagesIn(options.warmUpMs);
  await using ours = await openWarm(race, warmUp, { profileFolder: folderOf("ours") });
  await using theirs = await openWarm(race, warmUp, { checkout, profileFolder: folderOf("theirs") });
  const windows: Pair[keyof Pair][][] = [[], []];
  const sides = [ours, theirs];
  for (const side of isFirst ? [0, 1, 1, 0] : [1, 0, 0, 1]) {
    windows[side]?.push(await measureWindow(race, sides[side] as Pipeline, messagesIn(options.measureMs)));
  }
  const [own = [], other = []] = windows;
  return { ours: meanOf(own), theirs: meanOf(other) };
}

async function openWarm(
  race: Race,
  messages: number,
  side: { checkout?: string; profileFolder: string | undefined },
): Promise<Pipeline> {
  await using opening = new AsyncDisposableStack();
  const pipeline = opening.use(await openPipeline({ ...race, design: "ours", ...side }));
  await pipeline.startWorker();
  await measureWindow(race, pipeline, messages);
  opening.move();
  return pipeline;
}

/** A number of messages, not a time: each part has done the same work, however slow the machine was. */
async function measureWindow(race: Race, pipeline: Pipeline, messages: number) {
  const cpuMs = await measureMessages(pipeline, fullLoad(race, { messages }));
  const { intake = Number.NaN, redis = Number.NaN, worker = Number.NaN } = cpuMs;
  return { intake, Redis: redis, worker, total: totalCpuMs(cpuMs) ?? Number.NaN };
}

function meanOf(windows: Pair[keyof Pair][]): Pair[keyof Pair] {
  const mean = (part: (typeof parts)[number]) =>
    windows.reduce((sum, window) => sum + window[part], 0) / windows.length;
  return { intake: mean("intake"), Redis: mean("Redis"), worker: mean("worker"), total: mean("total") };
}
