/**
 * One read at a time: whoever asks while one is under way gets its result. A Redis that is silent then holds one command,
 * however often somebody asks.
 */
export function shareReads<Result>(read: () => Promise<Result> | Result): () => Promise<Result> {
  let reading: Promise<Result> | undefined;
  return () => {
    reading ??= (async () => read())().finally(() => {
      reading = undefined;
    });
    return reading;
  };
}
