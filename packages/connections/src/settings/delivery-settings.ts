import { z } from "zod";

const count = (min: number, max: number) => z.number().int().min(min).max(max);

const limiter = z
  .strictObject({
    max: count(1, 100_000).default(100).describe("Requests within `duration`."),
    duration: count(10, 3_600_000).default(1_000).describe("Milliseconds over which `max` is counted."),
  })
  .prefault({})
  .describe(
    "Requests to Customer.io, counted over all workers. 100 a second is a tenth of what Customer.io publishes for a workspace, so that its other senders have room, and in batches 50,000 operations.",
  );

const keepCompleted = z
  .strictObject({
    jobs: count(1, 1_000_000).default(1_000).describe("The newest so many completed jobs."),
    ageMs: count(1_000, 2_592_000_000).default(3_600_000).describe("For so many milliseconds."),
  })
  .prefault({})
  .describe(
    "How long completed jobs are seen in Bull Board: an hour answers what happened just now, and costs little memory.",
  );

const keepFailed = z
  .strictObject({
    messages: count(1, 10_000_000).default(100_000).describe("The newest so many failed messages."),
    bytes: count(10_000, 1_000_000_000_000).default(256_000_000).describe("So many bytes of them."),
    ageMs: count(1_000, 31_536_000_000).default(2_592_000_000).describe("For so many milliseconds: 30 days."),
  })
  .prefault({})
  .describe(
    "How much of what Customer.io refused is kept to be mended and retried; the oldest goes first, and is counted. A month lets a mistake be found, the bounds keep it from filling Redis.",
  );

/** How a connection's messages are delivered: each setting with its default, its bounds and the reason. */
export const deliverySettings = z.strictObject({
  limiter,
  attempts: count(1, 100)
    .default(8)
    .describe(
      "How often one operation alone may be answered 500 while others are taken, before it is rejected: with the backoff some minutes, long enough for a fault that passes. An outage is never counted.",
    ),
  inFlight: count(1, 64)
    .default(8)
    .describe(
      "Requests in flight at once. Measured at 100 ms of latency: 8 deliver 27,000 messages a second, 4 deliver 17,000.",
    ),
  batchOperations: count(1, 1_000)
    .default(500)
    .describe(
      "Operations of one request. More gain nothing, and one refused request would hold up more people.",
    ),
  batchBytes: count(40_000, 490_000)
    .default(450_000)
    .describe(
      "Bytes of one request's body. Customer.io takes less than 500 KB; the rest is head-room for the envelope.",
    ),
  lingerMs: count(0, 1_000)
    .default(10)
    .describe(
      "How long a batch that is not full waits for more operations: without it a fast destination gets requests of one operation each.",
    ),
  deadlineMs: count(1_000, 300_000)
    .default(30_000)
    .describe("The whole time one request may take, a trickling reply included, before it is sent again."),
  backlogBytes: count(10_000, 1_000_000_000_000)
    .nullable()
    .default(null)
    .describe(
      "Bytes of waiting messages above which this connection alone is answered 429, so that one dead destination does not fill Redis for all. null: half of Redis's maxmemory.",
    ),
  keepCompleted,
  keepFailed,
});

export type DeliverySettings = z.output<typeof deliverySettings>;
