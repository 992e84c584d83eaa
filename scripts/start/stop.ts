/** The reason of a stop that somebody asked for. */
export class StopError extends Error {
  override name = "StopError";
}

export type Stop = {
  signal: AbortSignal;
  abort(reason: Error): void;
  /** Rejects with the reason once the stop is given. */
  given: Promise<never>;
};

/** npm and a terminal both pass on one Ctrl-C; signals this close together are one. */
const sameSignalMs = 1_000;

/** A stop by Ctrl-C, SIGTERM or `abort`. A second Ctrl-C ends at once. */
export function catchStop(): Stop {
  const controller = new AbortController();
  const { signal } = controller;
  let firstAtMs: number | undefined;
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      firstAtMs ??= performance.now();
      if (performance.now() - firstAtMs > sameSignalMs) process.exit(1);
      if (signal.aborted) return;
      console.log("\nStopping ...");
      controller.abort(new StopError("stopped before the example calls arrived"));
    });
  }
  const given = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  // Whoever is not waiting for it learns of it by the signal.
  given.catch(() => {});
  return { signal, abort: (reason) => controller.abort(reason), given };
}
