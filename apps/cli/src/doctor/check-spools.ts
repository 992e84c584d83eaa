import { findHeldSituation, readHeld } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { findSpoolSituations, readIntakes } from "@customerio-router/reports";
import { type Finding, good, wrong, wrongAsIn } from "./finding.ts";

/** What the intakes that are alive hold on their disks. */
export async function checkSpools(redis: RedisClient): Promise<Finding[]> {
  const [intakes, held] = await Promise.all([readIntakes(redis), readHeld(redis)]);
  const found = [...findHeldSituation(held), ...findSpoolSituations(intakes)];
  if (found.length > 0) return found.map((situation) => wrongAsIn("Spool", situation));
  if (intakes.length === 0) return [wrong("Spool", "Not known, because no intake is alive.")];
  const spools = intakes.filter(({ spool }) => spool !== undefined);
  return [good("Spool", spools.length === 0 ? "Off." : "Nothing waits in it.")];
}
