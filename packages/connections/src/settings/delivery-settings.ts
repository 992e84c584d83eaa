import { z } from "zod";

const count = (min: number, max: number) => z.number().int().min(min).max(max);

const limiter = z
  .strictObject({
    max: count(1, 100_000).default(100).describe("Number of requests per `duration`, at most."),
    duration: count(10, 3_600_000)
      .default(1_000)
      .describe("Milliseconds in which at most `max` requests are sent."),
  })
  .prefault({})
  .describe(
    "Rate limit of requests to Customer.io, over all workers. The default, 100 per second, is a tenth of the limit that Customer.io publishes for a workspace, which leaves room for your other senders. With full batches it is 50,000 operations per second.",
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
    "Rejected messages to keep, so that you can correct and retry them. Removed ones are counted. 30 days are enough to find a mistake, and the other two bounds keep them from filling Redis.",
  );

/** The settings of a connection's delivery, each with its bounds, its default and the reason for it. */
export const deliverySettings = z.strictObject({
  delivery: z
    .enum(["live", "shadow"])
    .default("live")
    .describe(
      "`shadow` accepts, maps and accounts for messages, checks them against Customer.io's limits, and sends nothing: the safe way to a second workspace. `live` sends them",
    ),
  limiter,
  attempts: count(1, 100)
    .default(8)
    .describe(
      "Number of attempts for an operation that Customer.io answers with 500 even when it is sent alone, while it accepts others; then the operation is rejected. With backoff, 8 attempts take several minutes, so a passing fault rejects nothing. Outages do not count.",
    ),
  inFlight: count(1, 64)
    .default(8)
    .describe(
      "Number of requests in flight at once. Measured with a latency of 100 ms: 8 deliver 27,000 messages per second, 4 deliver 17,000.",
    ),
  batchOperations: count(1, 1_000)
    .default(500)
    .describe(
      "Number of operations per request, at most. Larger requests are not faster, and a rejected one delays more people.",
    ),
  batchBytes: count(40_000, 490_000)
    .default(450_000)
    .describe(
      "Size of a request's body in bytes, at most. Customer.io's limit is 500 KB; the difference is headroom for the envelope.",
    ),
  lingerMs: count(0, 1_000)
    .default(10)
    .describe(
      "Milliseconds that a batch with room waits for more operations. With 0, a fast destination gets requests of one operation each.",
    ),
  deadlineMs: count(1_000, 300_000)
    .default(30_000)
    .describe(
      "Timeout of a request in milliseconds, from its start to the last byte of the reply; after it, the request is sent again. 30 s let a slow reply arrive, which costs less than sending twice.",
    ),
  backlogBytes: count(10_000, 1_000_000_000_000)
    .nullable()
    .default(null)
    .describe(
      "Bytes of waiting messages above which callers of this connection get 429, so that one dead destination does not fill Redis for all others. `null` is half of Redis's `maxmemory`.",
    ),
  keepFailed,
});
