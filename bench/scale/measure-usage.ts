import { setTimeout as sleep } from "node:timers/promises";
import { processUsage } from "@customerio-router/fixtures";
import { median } from "../pipeline/percentiles.ts";

/** What a process took: the share of a core, and its resident memory (the median of a sample a second). */
export type Usage = { cores: number; memoryBytes: number };

/** Watches processes for a while, from outside. CPU is what the operating system counted, so other load distorts it little. */
export async function measureUsage<Role extends string>(
  pids: Readonly<Record<Role, number>>,
  measureMs: number,
): Promise<Record<Role, Usage>> {
  const roles = Object.keys(pids) as Role[];
  const read = () => Promise.all(roles.map((role) => processUsage(pids[role])));
  const startedAtMs = performance.now();
  const samples = [await read()];
  while (performance.now() - startedAtMs < measureMs) {
    await sleep(1_000);
    samples.push(await read());
  }
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const usageOf = (at: number): Usage => {
    const own = samples.map((sample) => sample[at] as Awaited<ReturnType<typeof processUsage>>);
    const [first, last] = [own[0]?.cpuSeconds ?? 0, own.at(-1)?.cpuSeconds ?? 0];
    return {
      cores: (last - first) / seconds,
      memoryBytes: median(own.map(({ memoryBytes }) => memoryBytes)),
    };
  };
  return Object.fromEntries(roles.map((role, at) => [role, usageOf(at)])) as Record<Role, Usage>;
}
