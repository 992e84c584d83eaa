import type { Entry } from "@customerio-router/messages";
import { type Backend, createBackend, openJobQueue, startLeases } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { appendRecords, type MessageRecord } from "@customerio-router/reports";

const recordsOfEach = 100;
const failedOfEach = 5;
/** Connections that have failed messages. */
const withFailed = 20;

/** Recorded outcomes of each connection, failed messages of some, and waiting jobs: half of them of the first. */
export async function fillMessages(
  redis: RedisClient,
  { ids, jobs }: { ids: string[]; jobs: number },
): Promise<void> {
  const backend = createBackend(redis);
  const nowMs = Date.now();
  for (const [place, id] of ids.entries()) {
    const records = Array.from({ length: recordsOfEach }, (_, index) =>
      recordOf(id, index, nowMs - 2 * place),
    );
    await appendRecords(redis, id, records);
  }
  for (const id of ids.slice(0, withFailed)) await addFailed({ redis, backend }, id);
  const [first = "", ...others] = ids;
  const owners = Array.from({ length: jobs }, (_, index) =>
    index % 2 === 0 ? first : (others[((index - 1) / 2) % others.length] as string),
  );
  for (const [id, same] of Map.groupBy(owners, (each) => each)) {
    const added = same.map((_, index) => ({ entries: [{ message: messageOf(`${id}-waiting-${index}`) }] }));
    await backend.queue(id).addBulk(added.map((data) => ({ name: "messages", data })));
  }
}

function messageOf(messageId: string) {
  const [receivedAt, userId] = [new Date().toISOString(), `user-${messageId.length}`];
  const properties = { total: 12, products: [{ sku: "SKU-1", name: "A thing to buy" }] };
  return {
    type: "track",
    event: "Event 0",
    messageId,
    userId,
    receivedAt,
    timestamp: receivedAt,
    properties,
  };
}

function recordOf(id: string, index: number, nowMs: number): MessageRecord {
  const atMs = nowMs - (recordsOfEach - index) * 1_000;
  return {
    messageId: `${id}-${index}`,
    jobId: `j${index}`,
    atMs,
    outcome: "delivered",
    requests: 1,
    attempts: [{ atMs, durationMs: 41, status: 200, decision: "settled" }],
    operations: [],
    message: messageOf(`${id}-${index}`),
  };
}

/** As a worker fails them. */
async function addFailed(
  { redis, backend }: { redis: RedisClient; backend: Backend },
  id: string,
): Promise<void> {
  const leases = startLeases({ redis, onLost: () => {} });
  try {
    const lease = await leases.acquire(id);
    if (!lease) throw new Error("somebody else holds the lease");
    const queue = openJobQueue({ redis, lease });
    const rejected = { reason: "failed", message: "Customer.io refused it." };
    for (let index = 0; index < failedOfEach; index += 1) {
      const entries: Entry[] = [{ message: messageOf(`${id}-failed-${index}`), rejected }];
      await backend.queue(id).add("messages", { entries });
      const [job] = (await queue.take(1)).jobs;
      if (!job) throw new Error("nothing waits");
      await queue.settle(job, { settled: [], traces: "{}", state: "failed", entries, reason: "refused" });
    }
  } finally {
    await leases.close();
  }
}
