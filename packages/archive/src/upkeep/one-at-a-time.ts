/** Runs one piece of work after the other: each begins when the one before has ended, however it ended. */
export function createOneAtATime(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    // Its caller is told of an error; the next piece of work is not.
    last = result.catch(() => {});
    return result;
  };
}
