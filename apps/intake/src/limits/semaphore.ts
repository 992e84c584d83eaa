/** Runs at most `max` pieces of work at once; the others wait, first come, first served. */
type Semaphore = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function createSemaphore(max: number): Semaphore {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (work) => {
    if (running === max) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
