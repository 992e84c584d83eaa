import type { Connection, StoredRules } from "@customerio-router/connections";
import type { CustomerioClient } from "@customerio-router/customerio";
import type { Lease } from "@customerio-router/queue";
import { finish } from "./finish.ts";
import { createSteps, type StepsOptions } from "./steps.ts";
import { createTarget } from "./target.ts";

/** Requests under way to an address that was changed are given up after this long. */
const oldAddressMs = 2_000;

/** One connection's way from the queue to Customer.io: take, map, batch, deliver, settle. */
export type Pipeline = {
  readonly lease: Lease;
  readonly connection: Connection;
  /** The rules it runs, as they were stored when it was opened. */
  readonly storedRules: StoredRules;
  start(): void;
  /** New jobs may have come. */
  wake(): void;
  /** The connection was saved: its settings and keys count from the next request on, which goes at once. */
  update(connection: Connection, client: CustomerioClient): void;
  /** Stops taking, waits for requests in flight and returns the other jobs to the queue in order. */
  stop(): Promise<void>;
};

export type PipelineOptions = Omit<StepsOptions, "target" | "writing"> & {
  connection: Connection;
  storedRules: StoredRules;
  client: CustomerioClient;
  /** Everything is delivered or back in the queue. */
  onStop: () => Promise<void>;
};

export function createPipeline(options: PipelineOptions): Pipeline {
  const { lease, queue, budget, onError } = options;
  const target = createTarget(options.connection, options.client);
  const writing = new AbortController();
  const steps = createSteps({ ...options, target, writing: writing.signal });
  const { backoff, dispatcher, takeLoop } = steps;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    dispatcher.start();
    // A request that arrives late would overwrite what the next owner sends.
    lease.lost.addEventListener("abort", () => {
      dispatcher.giveUpAfter(0);
      takeLoop.notify();
    });
    await takeLoop.run();
    await finish({
      steps,
      lease,
      queue,
      endWrites: () => writing.abort(),
      onError: (error) => onError("settle", error),
    });
    target.client.close();
    budget.close();
    await options.onStop();
  }

  return {
    lease,
    get connection() {
      return target.connection;
    },
    storedRules: options.storedRules,
    start() {
      running ??= run();
    },
    wake: () => takeLoop.wake(),
    update(connection, client) {
      const hasMoved = target.replace(connection, client);
      backoff.reset();
      if (hasMoved) dispatcher.giveUpAfter(oldAddressMs);
      dispatcher.restart();
      takeLoop.notify();
    },
    async stop() {
      takeLoop.stop();
      await running;
    },
  };
}
