import { findThresholdSituations } from "@customerio-router/alerts";
import type { ConnectionStore } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { type Finding, good, wrongAsIn } from "./finding.ts";

/** Whether a connection is beyond the thresholds of the alerts. */
export async function checkThresholds(
  redis: RedisClient,
  store: Pick<ConnectionStore, "list">,
): Promise<Finding[]> {
  const found = await findThresholdSituations({ redis, store });
  if (found.length > 0) return found.map((situation) => wrongAsIn("Thresholds", situation));
  return [good("Thresholds", "Every connection is within those of the alerts.")];
}
