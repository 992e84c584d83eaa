import { isMap } from "../contract/rules.ts";
import { type Fault, type FaultsInput, faultsSchema } from "./fault.ts";

/** The faults in force, worked through in order: the first that matches a request befalls it. */
export type FaultList = {
  /** Replaces them all. Throws a ZodError with every problem. */
  set(input: FaultsInput): void;
  clear(): void;
  /** Each fault with how many requests it `matched` and how many it `struck`. */
  list(): (Fault & { matched: number; struck: number })[];
  /** The place of the fault that befalls a request, which is thereby counted. */
  choose(request: { method: string; path: string; operations: readonly unknown[] }): number | null;
  at(place: number): Fault;
};

export function createFaultList(): FaultList {
  let entries: { fault: Fault; matched: number; struck: number }[] = [];

  return {
    set(input) {
      entries = faultsSchema.parse(input).faults.map((fault) => ({ fault, matched: 0, struck: 0 }));
    },
    clear() {
      entries = [];
    },
    list: () => entries.map(({ fault, ...counts }) => ({ ...fault, ...counts })),
    choose({ method, path, operations }) {
      for (const [place, entry] of entries.entries()) {
        const { fault } = entry;
        if (fault.method !== undefined && fault.method !== method) continue;
        if (fault.path !== undefined && !path.startsWith(fault.path)) continue;
        if (isAboutSome(fault) && !operations.some((operation) => concerns(fault, operation))) continue;
        if (fault.count !== undefined && entry.struck >= fault.count) continue;
        entry.matched += 1;
        const eligible = entry.matched - fault.skip;
        if (eligible < 1 || !isDue(eligible, fault.share)) continue;
        entry.struck += 1;
        return place;
      }
      return null;
    },
    at(place) {
      const entry = entries[place];
      if (entry === undefined) throw new RangeError(`there is no fault ${place}`);
      return entry.fault;
    },
  };
}

/** Whether the fault is meant for this operation: by its name and by whom it is about, where it says so. */
export function concerns({ names, persons }: Fault, operation: unknown): boolean {
  if (!isMap(operation)) return names === undefined && persons === undefined;
  if (!isAmong(operation.name, names)) return false;
  if (persons === undefined) return true;
  return [operation.identifiers, operation.primary, operation.secondary].some(
    (identifiers) => isMap(identifiers) && Object.values(identifiers).some((each) => isAmong(each, persons)),
  );
}

function isAmong(value: unknown, wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || (typeof value === "string" && wanted.includes(value));
}

function isAboutSome({ names, persons }: Fault): boolean {
  return names !== undefined || persons !== undefined;
}

/** Spreads a share evenly: of 0.25, the 4th, the 8th, ...; of 1, each. The tiny sum forgives a third's rounding. */
function isDue(nth: number, share: number): boolean {
  return Math.floor(nth * share + 1e-9) > Math.floor((nth - 1) * share + 1e-9);
}
