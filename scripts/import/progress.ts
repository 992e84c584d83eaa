import type { WriteStream } from "node:tty";

export type Progress = {
  /** `share`: of the file, from 0 to 1. `sentNow`: messages since this run began. */
  show(standing: { line: number; sentNow: number; share: number }): void;
  /** Nothing is sent for so long. */
  wait(waitMs: number, why: string): void;
  say(text: string): void;
  end(): void;
};

const barCells = 24;
const redrawMs = 100;
/** Where nobody watches, a line now and then will do. */
const plainLineMs = 5_000;

/** A bar that is drawn again in place on a terminal; elsewhere plain lines. */
export function createProgress({
  output,
}: {
  output: Pick<WriteStream, "write"> & { isTTY?: boolean };
}): Progress {
  const isTerminal = output.isTTY === true;
  const startedAt = performance.now();
  let firstShare: number | undefined;
  let shownAt = isTerminal ? Number.NEGATIVE_INFINITY : startedAt;
  let line = "";

  function draw(text: string) {
    line = text;
    output.write(isTerminal ? `\r\u001b[2K${text}` : `${text}\n`);
  }

  return {
    show({ line: number, sentNow, share }) {
      firstShare ??= share;
      const now = performance.now();
      if (now - shownAt < (isTerminal ? redrawMs : plainLineMs)) return;
      shownAt = now;
      const seconds = (now - startedAt) / 1_000;
      const perSecond = Math.round(sentNow / Math.max(seconds, 0.001));
      const leftSeconds = ((1 - share) / Math.max(share - (firstShare ?? 0), 0.000_1)) * seconds;
      const parts = [
        `${Math.floor(share * 100)} %`,
        `line ${number.toLocaleString("en")}`,
        `${perSecond.toLocaleString("en")} messages/s`,
        `${clock(leftSeconds)} left`,
      ];
      draw(isTerminal ? `[${bar(share)}] ${parts.join(", ")}` : parts.join(", "));
    },
    wait(waitMs, why) {
      draw(`waiting ${Math.round(waitMs / 1_000)} s for the intake: ${why}`);
    },
    say(text) {
      output.write(`${text}\n`);
    },
    end() {
      if (isTerminal && line !== "") output.write("\n");
    },
  };
}

function bar(share: number): string {
  const full = Math.round(share * barCells);
  return "#".repeat(full).padEnd(barCells, "-");
}

/** Hours only where there are some. */
export function clock(seconds: number): string {
  const whole = Math.round(Math.min(seconds, 359_999));
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor((whole % 3_600) / 60);
  const tail = `${hours > 0 ? String(minutes).padStart(2, "0") : minutes}:${String(whole % 60).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}
