/** Does the work every `everyMs` milliseconds, never twice at once, until disposed. The work handles its own errors. */
export function startRepeating(everyMs: number, work: () => Promise<void>): Disposable {
  let isWorking = false;
  const timer = setInterval(async () => {
    if (isWorking) return;
    isWorking = true;
    try {
      await work();
    } finally {
      isWorking = false;
    }
  }, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
