import { setTimeout as sleep } from "node:timers/promises";
import type { Connection, ConnectionStore } from "@customerio-router/connections";
import type { Operation } from "@customerio-router/customerio";
import { askLimiter, type Lease } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { openClient } from "../ownership/open-client.ts";
import { decide } from "../retry/decision.ts";

/** Undefined once Customer.io has taken it, or has nobody to delete; otherwise why not, without personal data. */
export type SentLast = { problem?: string; unreachable?: string };

/** Keys that an operation may name a person by. */
const identifying = ["id", "email", "cio_id"];

/**
 * Deletes a person in Customer.io, as their last operation: the gate is on, and nothing of them is in hand. Sent by itself
 * rather than as a job, so that nobody can read in Redis whom it is about.
 */
export async function sendLast(options: {
  redis: RedisClient;
  store: Pick<ConnectionStore, "apiKeyOf">;
  connection: Connection;
  lease: Lease;
  people: string[];
  action: "delete" | "suppress";
}): Promise<SentLast> {
  const { redis, store, connection, lease, people, action } = options;
  const operations = people.flatMap((key): Operation[] => {
    const colon = key.indexOf(":");
    const kind = key.slice(0, colon);
    if (!identifying.includes(kind)) return [];
    return [{ type: "person", action, identifiers: { [kind]: key.slice(colon + 1) } as { id: string } }];
  });
  if (operations.length === 0) {
    return { unreachable: "Customer.io: it deletes nobody by an anonymous id" };
  }
  const client = await openClient({ redis, store }, connection);
  try {
    await waitForLimiter(redis, connection, lease);
    const reply = await client.sendBatch(
      operations.map((each) => JSON.stringify(each)),
      lease.lost,
    );
    const decision = decide(reply, 1);
    switch (decision.kind) {
      case "settled":
        return decision.rejected.size === 0
          ? {}
          : {
              unreachable: `Customer.io rejected ${decision.rejected.size} of ${operations.length} operations of the ${action}: look for the person there`,
            };
      case "halved":
        return { problem: `Customer.io does not take the ${action}: trying again` };
      default:
        return { problem: `The ${action} is not in Customer.io yet (${decision.why}): trying again` };
    }
  } finally {
    client.close();
  }
}

async function waitForLimiter(redis: RedisClient, { id, settings }: Connection, lease: Lease): Promise<void> {
  while (lease.isHeld()) {
    const { requests, waitMs } = await askLimiter(redis, id, settings.limiter, 1);
    if (requests > 0) return;
    await sleep(Math.min(waitMs, 1_000));
  }
}
