export type Design = "ours" | "floor" | "plain-50" | "plain-200";
export type Appendfsync = "everysec" | "always";
export type Contender = Design | "customerio-node";

/** Messages posted alone or twenty at a time. */
export type Posting = "singles" | "twenties";

/** One race: a contender under one kind of load. */
export type Race = { contender: Contender; posting: Posting; delayMs: 0 | 50; appendfsync: Appendfsync };

export const perRequest: Readonly<Record<Posting, number>> = { singles: 1, twenties: 20 };

export const contenderNames: Readonly<Record<Contender, string>> = {
  ours: "customerio-router",
  floor: "floor",
  "plain-50": "plain pipeline, concurrency 50",
  "plain-200": "plain pipeline, concurrency 200",
  "customerio-node": "customerio-node, 50 in flight",
};

/** All races with `appendfsync everysec`; then ours and, unless it is to be quick, the faster plain pipeline with `always`. */
export function planRaces({ quick }: { quick: boolean }): Race[] {
  const races: Race[] = [];
  for (const delayMs of [50, 0] as const) {
    for (const posting of ["singles", "twenties"] as const) {
      for (const contender of ["ours", "floor", "plain-50", "plain-200"] as const) {
        races.push({ contender, posting, delayMs, appendfsync: "everysec" });
      }
    }
    races.push({ contender: "customerio-node", posting: "singles", delayMs, appendfsync: "everysec" });
  }
  const synced: Contender[] = quick ? ["ours"] : ["ours", "plain-200"];
  for (const contender of synced) {
    for (const posting of ["singles", "twenties"] as const) {
      races.push({ contender, posting, delayMs: 50, appendfsync: "always" });
    }
  }
  return races;
}

export function nameRace({ contender, posting, delayMs, appendfsync }: Race): string {
  const fsync = appendfsync === "always" ? ", appendfsync always" : "";
  return `${contenderNames[contender]}, ${posting}, ${delayMs} ms${fsync}`;
}
