import type { Backlog } from "./measure-backlog.ts";
import type { Measurement } from "./measure-load.ts";
import type { Memory } from "./measure-memory.ts";
import { median } from "./percentiles.ts";
import type { Appendfsync, Contender, Posting, Race } from "./plan.ts";
import type { Result } from "./run-race.ts";

/** Everything a run of the bench has found out. */
export type Findings = {
  races: { race: Race; result: Result }[];
  memory: { contender: "ours" | "plain"; posting: Posting; memory: Memory }[];
  backlog: Backlog | undefined;
  heavyPerson: { without: Measurement; with: Measurement } | undefined;
};

/** Number for number, of several runs of one race. */
export function medianResult(results: Result[]): Result {
  const halves = results.map(({ half }) => half).filter((half) => half !== undefined);
  const full = medianMeasurement(results.map((result) => result.full));
  return halves.length > 0 ? { full, half: medianMeasurement(halves) } : { full };
}

export function medianMeasurement(measurements: Measurement[]): Measurement {
  const of = (read: (measurement: Measurement) => number | undefined) =>
    median(measurements.map((each) => read(each) ?? Number.NaN));
  const roles = Object.keys(measurements[0]?.cpuMs ?? {}) as (keyof Measurement["cpuMs"])[];
  const ofRoles = (read: (measurement: Measurement) => Measurement["cpuMs"]) =>
    Object.fromEntries(roles.map((role) => [role, of((measurement) => read(measurement)[role])]));
  return {
    perSecond: of(({ perSecond }) => perSecond),
    cpuMs: ofRoles(({ cpuMs }) => cpuMs),
    memoryMb: ofRoles(({ memoryMb }) => memoryMb),
    ackMs: { p50: of(({ ackMs }) => ackMs.p50), p99: of(({ ackMs }) => ackMs.p99) },
    deliveryMs: { p50: of(({ deliveryMs }) => deliveryMs.p50), p99: of(({ deliveryMs }) => deliveryMs.p99) },
  };
}

export function findResult(
  { races }: Findings,
  contender: Contender,
  posting: Posting,
  delayMs: number,
  appendfsync: Appendfsync = "everysec",
): Result | undefined {
  return races.find(
    ({ race }) =>
      race.contender === contender &&
      race.posting === posting &&
      race.delayMs === delayMs &&
      race.appendfsync === appendfsync,
  )?.result;
}
