import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { connectionSettings } from "@customerio-router/connections";
import { createCustomerioClient } from "@customerio-router/customerio";
import { waitFor } from "@customerio-router/fixtures";
import type { TakenJob } from "@customerio-router/queue";
import { expect, onTestFinished, test } from "vitest";
import { createHand, type Hand } from "../src/delivery/hand.ts";
import { createDispatcher } from "../src/delivery/send/dispatcher.ts";
import { createRequestLimiter } from "../src/delivery/send/request-limiter.ts";
import { mapJob } from "../src/delivery/take/map-job.ts";
import { type Backoff, createBackoff } from "../src/retry/backoff.ts";
import { createSuspects } from "../src/retry/suspects.ts";
import { startDestination } from "./destination.ts";
import { disposed } from "./setting.ts";

test("F40 (unit) once the lease may be over no request goes and the limiter is not asked, whatever is ready in the line", async () => {
  let isHeld = true;
  let asked = 0;
  const { destination, dispatcher, hand } = await open({
    inFlight: 1,
    mayGo: () => isHeld,
    // The second answer takes longer than the lease lasts.
    askLimiter: async () => {
      await nextTurn();
      asked += 1;
      if (asked === 2) isHeld = false;
      return { requests: 1, waitMs: 0 };
    },
  });
  addEvents(hand, ["a", "b", "c"]);
  dispatcher.notify();
  await waitFor(() => !isHeld, { what: "the limiter to be asked twice" });
  await delay(100);
  expect(destination.received).toHaveLength(1);
  expect(asked).toBe(2);

  isHeld = true;
  dispatcher.notify();
  await waitFor(() => destination.received.length >= 3, { what: "what was held back" });
  expect(asked).toBe(4);
});

test("when an answer asks for a pause while the limiter grants several requests, none of them goes before it is over", async () => {
  const backoff = createBackoff();
  let asked = 0;
  const { destination, dispatcher, hand } = await open({
    inFlight: 4,
    backoff,
    askLimiter: async (wanted) => {
      asked += 1;
      if (asked === 1) return { requests: 1, waitMs: 0 };
      if (asked === 2) await waitFor(() => backoff.waitMs() > 0, { what: "the pause" });
      return { requests: wanted, waitMs: 0 };
    },
  });
  destination.reply = () =>
    destination.received.length === 1 ? { status: 429, headers: { "retry-after": "2" } } : undefined;
  addEvents(hand, ["a", "b", "c", "d"]);
  dispatcher.notify();
  await waitFor(() => destination.visible().length === 4, { what: "all of them" });
  const [first, second] = destination.received.map(({ atMs }) => atMs) as [number, number];
  expect(second - first).toBeGreaterThan(1_900);
});

test("F50 a grant that Redis gave early and answered late lets no more requests go in any second than may", async () => {
  let asked = 0;
  const { dispatcher, hand, sentAtMs } = await open({
    inFlight: 10,
    limiter: { max: 5, duration: 1_000 },
    askLimiter: async (wanted) => {
      asked += 1;
      // By the time this one arrives Redis's second is nearly over, and the next grant comes at once.
      if (asked === 1) await delay(900);
      return { requests: wanted, waitMs: 0 };
    },
  });
  addEvents(hand, ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]);
  dispatcher.notify();
  await waitFor(() => sentAtMs.length === 10, { what: "all of them" });
  expectAtMostASecond(5, sentAtMs);
});

test("F50 a request that takes long to leave counts from when it left", async () => {
  const { dispatcher, hand, sentAtMs } = await open({
    inFlight: 10,
    limiter: { max: 1, duration: 1_000 },
    askLimiter: async (wanted) => ({ requests: wanted, waitMs: 0 }),
    leave() {
      // As the first one does whose code was not compiled yet.
      const startedAt = performance.now();
      while (sentAtMs.length === 0 && performance.now() - startedAt < 50);
    },
  });
  addEvents(hand, ["a", "b"]);
  dispatcher.notify();
  await waitFor(() => sentAtMs.length === 2, { what: "both" });
  expectAtMostASecond(1, sentAtMs);
});

/** At most `max` in every second. */
function expectAtMostASecond(max: number, sentAtMs: number[]): void {
  for (const [index, atMs] of sentAtMs.entries()) {
    if (index >= max) expect(atMs - (sentAtMs[index - max] as number)).toBeGreaterThanOrEqual(1_000);
  }
}

test("an operation whose job Redis gave out again holds nobody back once its last request has failed", async () => {
  const { destination, dispatcher, hand } = await open({
    inFlight: 1,
    askLimiter: async (requests) => ({ requests, waitMs: 0 }),
  });
  const isDropped = Promise.withResolvers<void>();
  destination.reply = () => {
    if (destination.received.length === 1) return { status: 503 };
    if (destination.received.length > 2) return undefined;
    // The second failure in a row lets it stand aside.
    return (_, response) => void isDropped.promise.then(() => response.writeHead(503).end());
  };
  addEvents(hand, ["a"]);
  dispatcher.notify();
  await waitFor(() => destination.received.length >= 2, { what: "the second try" });
  hand.drop("job");
  addEvents(hand, ["a"]);
  isDropped.resolve();
  await waitFor(() => destination.visible().length === 1, { what: "the job that was given out again" });
});

/** A dispatcher that sends one operation a request, to a destination of its own. */
async function open(given: {
  askLimiter: Parameters<typeof createRequestLimiter>[0]["ask"];
  inFlight: number;
  limiter?: { max: number; duration: number };
  mayGo?: () => boolean;
  backoff?: Backoff;
  /** Called when a request is about to leave. */
  leave?: () => void;
}) {
  const {
    limiter = { max: 1_000, duration: 1_000 },
    inFlight,
    mayGo = () => true,
    backoff = createBackoff(),
    leave = () => {},
    askLimiter,
  } = given;
  const destination = disposed(await startDestination());
  const client = createCustomerioClient({
    siteId: "site",
    apiKey: "the-api-key-of-the-tests",
    region: "us",
    trackUrl: destination.url,
    deadlineMs: 5_000,
  });
  /** When requests left, whenever they arrive on a busy machine. */
  const sentAtMs: number[] = [];
  const hand = createHand({ hold: () => {}, release: () => {} });
  const dispatcher = createDispatcher({
    hand,
    backoff,
    suspects: createSuspects(),
    limiter: createRequestLimiter({ limits: () => limiter, ask: askLimiter }),
    client: () => ({
      ...client,
      sendBatch(operations, signal) {
        leave();
        sentAtMs.push(performance.now());
        return client.sendBatch(operations, signal);
      },
    }),
    settings: () => connectionSettings.parse({ inFlight, batchOperations: 1 }),
    mayGo,
    onSettled: async (operations) => {
      for (const operation of operations) hand.order.settle(operation);
    },
    onDelivery: () => {},
    onSilence: () => {},
    onDone: () => {},
    onError: (error) => expect.unreachable(String(error)),
  });
  dispatcher.start();
  onTestFinished(async () => {
    await dispatcher.stop(5_000);
    client.close();
  });
  return { destination, dispatcher, hand, sentAtMs };
}

/** As a job that was taken brings them. */
function addEvents(hand: Hand, people: string[]): void {
  const entries = people.map((userId) => ({
    message: { type: "track", messageId: `m-${userId}`, userId, event: "E" },
  }));
  let sequence = 0;
  const job = mapJob({
    taken: { id: "job", data: { entries }, bytes: 0, enqueuedAtMs: 0 } as TakenJob,
    settings: { ...connectionSettings.parse({}), connectionId: "c" },
    nextSequence: () => sequence++,
    triesOf: () => undefined,
  });
  hand.add(job);
}
