import { setTimeout as sleep } from "node:timers/promises";
import type { AskSpool } from "./open-spool-thread.ts";
import type { Totals } from "./spool-row.ts";

/** How often to look for files that ended intakes left in the folder. */
const adoptMs = 10_000;

type Adopting = AsyncDisposable & {
  /** Problems of the folder's files, as sentences for an operator. */
  readonly problems: string[];
};

/** Adopts the rows of files that no process has open, now and repeatedly. Resolves after the first round. */
export async function startAdopting(options: {
  ask: AskSpool;
  onAdopted: (totals: Totals) => void;
  /** Called with the name of each spool that is empty now. */
  onEmptied: (name: string) => void;
  /** Called once for each problem. */
  onProblem: (problem: string) => void;
  onError: (error: unknown) => void;
}): Promise<Adopting> {
  const { ask, onAdopted, onEmptied, onProblem, onError } = options;
  const closing = new AbortController();
  let problems: string[] = [];

  async function adoptAll(): Promise<void> {
    const found: string[] = [];
    for (;;) {
      const step = await ask("adoptSome");
      step?.adopted.forEach(onAdopted);
      if (step?.emptied !== undefined) onEmptied(step.emptied);
      if (step?.problem) found.push(step.problem);
      if (!step || closing.signal.aborted) break;
    }
    for (const problem of found) if (!problems.includes(problem)) onProblem(problem);
    const setAside = await ask("listSetAside");
    problems = [
      ...found.filter((problem) => !setAside.some((name) => problem.endsWith(name))),
      ...setAside.map(describe),
    ];
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      await sleep(adoptMs, undefined, { signal: closing.signal }).catch(() => {});
      if (!closing.signal.aborted) await adoptAll().catch(onError);
    }
  }
  await adoptAll().catch(onError);
  const running = run();

  return {
    get problems() {
      return problems;
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await running;
    },
  };
}

function describe(name: string): string {
  return `${name} in the spool's folder was set aside as damaged: check its content, then move it away`;
}
