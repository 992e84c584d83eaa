import { z } from "zod";

const count = (min: number, max: number) => z.number().int().min(min).max(max);

const limiter = z
  .strictObject({
    max: count(1, 100_000).default(100).describe("Requests per `duration`, at most."),
    duration: count(10, 3_600_000)
      .default(1_000)
      .describe("Milliseconds in which at most `max` requests are sent."),
  })
  .prefault({})
  .describe(
    "Requests to Customer.io, counted over all workers. The default, 100 a second, is a tenth of the limit that Customer.io publishes for a workspace: your other senders have room, and in full batches it is 50,000 operations a second.",
  );

const keepCompleted = z
  .strictObject({
    jobs: count(1, 1_000_000)
      .default(1_000)
      .describe("Number of completed jobs to keep; the oldest are removed first."),
    ageMs: count(1_000, 2_592_000_000)
      .default(3_600_000)
      .describe("Milliseconds after which a completed job is removed."),
  })
  .prefault({})
  .describe(
    "Which completed jobs Bull Board shows. One hour of them answers what happened just now, and costs little memory.",
  );

const keepFailed = z
  .strictObject({
    messages: count(1, 10_000_000)
      .default(100_000)
      .describe("Number of failed messages to keep; the oldest are removed first."),
    bytes: count(10_000, 1_000_000_000_000)
      .default(256_000_000)
      .describe("Bytes of failed messages to keep; the oldest are removed first."),
    ageMs: count(1_000, 31_536_000_000)
      .default(2_592_000_000)
      .describe("Milliseconds after which a failed message is removed. The default is 30 days."),
  })
  .prefault({})
  .describe(
    "Which rejected messages are kept, so that you can correct and retry them; those removed are counted. A month is time to find a mistake, and the bounds keep them from filling Redis.",
  );

/** How a connection's messages are delivered: each setting with its default, its bounds and the reason. */
export const deliverySettings = z.strictObject({
  limiter,
  attempts: count(1, 100)
    .default(8)
    .describe(
      "Number of times that Customer.io may answer one operation, sent alone, with 500 while it accepts others; then the operation is rejected. With the backoff 8 attempts take some minutes, so that a passing fault rejects nothing. An outage is never counted.",
    ),
  inFlight: count(1, 64)
    .default(8)
    .describe(
      "Number of requests in flight at once. Measured at 100 ms of latency: 8 deliver 27,000 messages a second, 4 deliver 17,000.",
    ),
  batchOperations: count(1, 1_000)
    .default(500)
    .describe(
      "Number of operations per request, at most. More are no faster, and one rejected request would delay more people.",
    ),
  batchBytes: count(40_000, 490_000)
    .default(450_000)
    .describe(
      "Bytes of a request's body, at most. Customer.io's limit is 500 KB; the rest is headroom for the envelope.",
    ),
  lingerMs: count(0, 1_000)
    .default(10)
    .describe(
      "Milliseconds that a batch which is not full waits for more operations. With 0, a fast destination gets requests of one operation each.",
    ),
  deadlineMs: count(1_000, 300_000)
    .default(30_000)
    .describe(
      "Timeout of a request in milliseconds, from its start to the last byte of the reply; then it is sent again.",
    ),
  backlogBytes: count(10_000, 1_000_000_000_000)
    .nullable()
    .default(null)
    .describe(
      "Bytes of waiting messages above which callers of this connection get 429, so that one dead destination does not fill Redis for all others. null: half of Redis's maxmemory.",
    ),
  keepCompleted,
  keepFailed,
});

export type DeliverySettings = z.output<typeof deliverySettings>;
