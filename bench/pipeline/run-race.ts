import type { Load } from "./load.ts";
import { type Measurement, measureCustomerioNode, measureLoad, untilQuiet } from "./measure-load.ts";
import { openPipeline } from "./open-pipeline.ts";
import type { Options } from "./options.ts";
import { type Posting, perRequest, type Race } from "./plan.ts";

/** `half`: at half the rate the contender delivers at most. */
export type Result = { full: Measurement; half?: Measurement };

const people = 10_000;
/** Requests in flight of a client that waits for each acknowledgement: so many that no contender waits for the client. */
const connections: Readonly<Record<Posting, number>> = { singles: 256, twenties: 64 };
/** Enough for every contender to be busy all the time, little enough to be through in a moment. */
const maxAhead = { ours: 20_000, floor: 20_000, "plain-50": 2_000, "plain-200": 4_000 };

export async function runRace(
  race: Race,
  options: Pick<Options, "warmUpMs" | "measureMs" | "profileFolder"> & { withHalf: boolean },
): Promise<Result> {
  const { contender, delayMs } = race;
  const until = { warmUpMs: options.warmUpMs, measureMs: options.measureMs };
  if (contender === "customerio-node") return { full: await measureCustomerioNode({ delayMs, ...until }) };
  const { profileFolder } = options;
  await using pipeline = await openPipeline({ ...race, design: contender, profileFolder });
  await pipeline.startWorker();
  const full = await measureLoad(pipeline, fullLoad(race, until));
  if (!options.withHalf) return { full };
  await untilQuiet(pipeline.target.destinationUrl);
  const half = await measureLoad(pipeline, {
    perRequest: perRequest[race.posting],
    people,
    pace: { perSecond: full.perSecond / 2 },
    until,
  });
  return { full, half };
}

/** As many messages as a contender takes. */
export function fullLoad<Until extends Load["until"]>({ contender, posting }: Race, until: Until) {
  return {
    perRequest: perRequest[posting],
    people,
    pace: { connections: connections[posting] },
    ...(contender !== "customerio-node" && { maxAhead: maxAhead[contender] }),
    until,
  };
}

/** The delay of everybody else, at the same rate with and without a person who sends 90 % of the messages. */
export async function runHeavyPerson(
  perSecond: number,
  options: Pick<Options, "warmUpMs" | "measureMs">,
): Promise<{ without: Measurement; with: Measurement }> {
  await using pipeline = await openPipeline({ design: "ours", delayMs: 50 });
  await pipeline.startWorker();
  const until = { warmUpMs: options.warmUpMs, measureMs: options.measureMs };
  const load = { perRequest: 1, people, pace: { perSecond }, until };
  const without = await measureLoad(pipeline, load);
  await untilQuiet(pipeline.target.destinationUrl);
  return { without, with: await measureLoad(pipeline, { ...load, heavyShare: 0.9 }) };
}
