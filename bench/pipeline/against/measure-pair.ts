import { join } from "node:path";
import { measureMessages, totalCpuMs } from "../measure-load.ts";
import { openPipeline, type Pipeline } from "../open-pipeline.ts";
import type { Posting, Race } from "../plan.ts";
import { fullLoad } from "../run-race.ts";
import type { Pair, parts } from "./write-comparison.ts";

/** What a machine of two cores delivers, about. */
const perSecond: Readonly<Record<Posting, number>> = { singles: 15_000, twenties: 30_000 };

type Side = keyof Pair;

type PairOptions = {
  /** The other commit's. */
  checkout: string;
  /** The side that is opened first, and measured first and last. */
  first: Side;
  /** What new processes get before they are measured, and what they are measured by, as seconds of a machine of two cores. */
  warmUpMs: number;
  measureMs: number;
  /** Where both leave their CPU profiles, in a folder each. */
  profileFolder: string | undefined;
};

/**
 * Runs both sides' processes, new and warmed up, and measures them by turns, as in a-b-b-a: what slows the machine down
 * for some seconds hits both. What is opened first cools down while the other one warms up, so sides have to take turns in
 * that too: a commit that was always opened first took 1.05 times its own CPU.
 */
export async function measurePair(race: Race, options: PairOptions): Promise<Pair> {
  const { checkout, first, profileFolder } = options;
  const messagesIn = (timeMs: number) => (perSecond[race.posting] * timeMs) / 1_000;
  const second: Side = first === "ours" ? "theirs" : "ours";
  await using opened = new AsyncDisposableStack();
  const open = async (side: Side) =>
    opened.use(
      await openWarm(race, messagesIn(options.warmUpMs), {
        ...(side === "theirs" && { checkout }),
        profileFolder: profileFolder && join(profileFolder, race.posting, side),
      }),
    );
  const pipelines = { [first]: await open(first), [second]: await open(second) } as Record<Side, Pipeline>;
  const windows: Record<Side, Pair[Side][]> = { ours: [], theirs: [] };
  for (const side of [first, second, second, first]) {
    windows[side].push(await measureWindow(race, pipelines[side], messagesIn(options.measureMs)));
  }
  return { ours: meanOf(windows.ours), theirs: meanOf(windows.theirs) };
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
