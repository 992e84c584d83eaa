export type Measurement = {
  perSecond: number;
  /** Of the heap, for one call. */
  allocatedBytes: number;
};

const runs = 9;
const runMs = 150;
const callsPerAllocation = 5_000;

/**
 * Measures functions side by side: each a run in turn, so that a busy moment of the machine strikes all alike, and of their runs
 * the median. Needs `--expose-gc` and a young generation that holds `callsPerAllocation` calls.
 */
export function measure<Name extends string>(tasks: Record<Name, () => unknown>): Record<Name, Measurement> {
  const names = Object.keys(tasks) as Name[];
  for (const name of names) perSecond(tasks[name]);
  const speeds = Array.from({ length: runs }, () => names.map((name) => perSecond(tasks[name])));
  const measured = names.map((name, at) => [
    name,
    {
      perSecond: median(speeds.map((run) => run[at] as number)),
      allocatedBytes: median(Array.from({ length: runs }, () => allocatedBytes(tasks[name]))),
    },
  ]);
  return Object.fromEntries(measured);
}

function perSecond(task: () => unknown): number {
  const start = performance.now();
  let calls = 0;
  let elapsedMs = 0;
  while (elapsedMs < runMs) {
    for (let call = 0; call < 200; call += 1) run(task);
    calls += 200;
    elapsedMs = performance.now() - start;
  }
  return (calls / elapsedMs) * 1000;
}

function allocatedBytes(task: () => unknown): number {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let call = 0; call < callsPerAllocation; call += 1) run(task);
  return (process.memoryUsage().heapUsed - before) / callsPerAllocation;
}

/** The result is looked at, so that making it is not optimised away. */
function run(task: () => unknown): void {
  if (task() === undefined) throw new Error("The task returned nothing");
}

function median(numbers: number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] as number;
}
