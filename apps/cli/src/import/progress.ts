import { SingleBar } from "cli-progress";
import { clock } from "./clock.ts";

export type Progress = {
  /** `share`: of the file, from 0 to 1. `sentNow`: messages since this run began. `known`: those the intake had before. */
  show(reached: { line: number; sentNow: number; known?: number; share: number }): void;
  /** Nothing is sent for `waitMs`. */
  wait(waitMs: number, why: string): void;
  say(text: string): void;
  end(): void;
};

/** Where a progress is shown: a bar that is drawn in place, or lines. */
type Display = { show(share: number, text: string): void; tell(text: string): void; end(): void };

const paceMs = 30_000;

/** Without a terminal, the pause between two lines. */
const lineMs = 5_000;

/** A bar where `output` is a terminal, else at most one line every 5 s. */
export function createProgress({
  output,
}: {
  output: NodeJS.WritableStream & { isTTY?: boolean };
}): Progress {
  const display = output.isTTY === true ? showBar(output) : showLines(output);
  const startedAt = performance.now();
  const estimate = createEstimate();
  return {
    show({ line, sentNow, known = 0, share }) {
      const seconds = (performance.now() - startedAt) / 1_000;
      const perSecond = Math.round(sentNow / Math.max(seconds, 0.001));
      const leftMs = estimate(share);
      const ofThese = known > 0 ? `, ${known.toLocaleString("en")} known already` : "";
      const left = leftMs === undefined ? "" : `, ${clock(leftMs / 1_000)} left`;
      display.show(
        share,
        `line ${line.toLocaleString("en")}${ofThese}, ${perSecond.toLocaleString("en")} messages/s${left}`,
      );
    },
    wait: (waitMs, why) => display.tell(`waiting ${Math.round(waitMs / 1_000)} s for the intake: ${why}`),
    say: (text) => void output.write(`${text}\n`),
    end: () => display.end(),
  };
}

/** The milliseconds that are left, at the pace of the last 30 s; undefined until there is a pace of at least a second. */
function createEstimate(): (share: number) => number | undefined {
  const seen: { atMs: number; share: number }[] = [];
  return (share) => {
    const atMs = performance.now();
    seen.push({ atMs, share });
    while (seen.length > 2 && atMs - (seen[1]?.atMs ?? atMs) > paceMs) seen.shift();
    const tookMs = atMs - (seen[0]?.atMs ?? atMs);
    const done = share - (seen[0]?.share ?? share);
    return tookMs >= 1_000 && done > 0 ? ((1 - share) / done) * tookMs : undefined;
  };
}

function showBar(stream: NodeJS.WritableStream): Display {
  const bar = new SingleBar({
    stream,
    format: "[{bar}] {percentage} %, {text}",
    barsize: 24,
    // A second Ctrl-C ends the process at once, and would leave it hidden.
    hideCursor: false,
  });
  const draw = (share: number | undefined, text: string) => {
    if (!bar.isActive) bar.start(1, share ?? 0, { text });
    else if (share === undefined) bar.update({ text });
    else bar.update(share, { text });
  };
  return { show: draw, tell: (text) => draw(undefined, text), end: () => bar.stop() };
}

function showLines(output: NodeJS.WritableStream): Display {
  let shownAt = performance.now();
  return {
    show(share, text) {
      if (performance.now() - shownAt < lineMs) return;
      shownAt = performance.now();
      output.write(`${Math.floor(share * 100)} %, ${text}\n`);
    },
    tell: (text) => void output.write(`${text}\n`),
    end: () => {},
  };
}
