import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Archive } from "@customerio-router/archive";
import { messageIdOf } from "./make-line.ts";

export type Measured = {
  what: string;
  runs: number;
  /** With no index in memory yet. */
  firstMs: number;
  medianMs: number;
  maxMs: number;
  maxLoopDelayMs: number;
};

const runs = 21;

/** Times each question with a freshly opened archive for its first run, and the same one for the others. */
export async function measureArchive(open: () => Promise<Archive>, messages: number): Promise<Measured[]> {
  const numbers = Array.from({ length: runs }, (_, run) => Math.floor(((run + 0.37) * messages) / runs));
  return [
    await time("find a message", open, async (archive, run) => {
      const { lines } = await archive.findMessage("bench", messageIdOf(numbers[run] as number));
      if (lines.length !== 1) throw new Error(`found ${lines.length} lines instead of one`);
    }),
    await time("find a message that is not there", open, async (archive, run) => {
      const { lines } = await archive.findMessage("bench", `absent-${run}`);
      if (lines.length !== 0) throw new Error("found a message that is not there");
    }),
    await time("the 50 newest of a person whose 50 are in as many segments", open, async (archive, run) => {
      await archive.findPerson("bench", `id:regular-${run * 1_000}`, { limit: 50 });
    }),
    await time("the 50 newest of a busy person", open, async (archive, run) => {
      const { lines } = await archive.findPerson("bench", `id:busy-${run}`, { limit: 50 });
      if (lines.length !== 50 && messages > 1_000_000) throw new Error(`found ${lines.length} lines`);
    }),
    await time("search an event, 50 newest", open, async (archive) => {
      await archive.search("bench", { event: "track Order Completed" });
    }),
    await time("search a reason that no line has", open, async (archive) => {
      await archive.search("bench", { reason: "absent" });
    }),
  ];
}

async function time(
  what: string,
  open: () => Promise<Archive>,
  ask: (archive: Archive, run: number) => Promise<void>,
): Promise<Measured> {
  const archive = await open();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const startedAt = performance.now();
    await ask(archive, run);
    times.push(performance.now() - startedAt);
  }
  delay.disable();
  const [firstMs = 0, ...others] = times;
  const sorted = others.sort((one, other) => one - other);
  const round = (ms: number) => Math.round(ms * 10) / 10;
  return {
    what,
    runs,
    firstMs: round(firstMs),
    medianMs: round(sorted[Math.floor(sorted.length / 2)] ?? 0),
    maxMs: round(sorted.at(-1) ?? 0),
    maxLoopDelayMs: round(delay.max / 1e6),
  };
}
