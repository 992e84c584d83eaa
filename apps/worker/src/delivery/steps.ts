import type { Entry } from "@customerio-router/messages";
import { askLimiter, type JobQueue, type Lease } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import type { CompiledRules, FailedRule } from "@customerio-router/rules";
import type { Tracing } from "@customerio-router/service";
import type { BudgetShare } from "../memory-budget.ts";
import type { OnError } from "../reporting/log-errors.ts";
import { type Backoff, createBackoff } from "../retry/backoff.ts";
import type { Delivery } from "../retry/follow-reply.ts";
import { createRememberedTries } from "../retry/remembered-tries.ts";
import { createSuspects } from "../retry/suspects.ts";
import { createHand, type Hand } from "./hand.ts";
import type { PendingMessage } from "./pending.ts";
import { createDispatcher, type Dispatcher } from "./send/dispatcher.ts";
import { createRequestLimiter, type RequestLimiter } from "./send/request-limiter.ts";
import { createSettler } from "./settle/settler.ts";
import { createActiveJobs } from "./take/active-jobs.ts";
import { createAdmission } from "./take/admission.ts";
import { createCapacity } from "./take/capacity.ts";
import type { MapSettings } from "./take/map-job.ts";
import { createTakeLoop, type TakeLoop } from "./take/take-loop.ts";
import type { Target } from "./target.ts";

/** The steps of one connection's delivery, wired to each other. */
export type Steps = { hand: Hand; backoff: Backoff; dispatcher: Dispatcher; takeLoop: TakeLoop };

export type StepsOptions = {
  target: Target;
  redis: RedisClient;
  lease: Lease;
  queue: JobQueue;
  /** Its share of the bytes of job data that this process may hold. */
  budget: BudgetShare;
  /** How often the connection to Redis has broken. */
  breaks: () => number;
  /** Aborted when there is no time left to write outcomes. */
  writing: AbortSignal;
  /** What is kept of an entry: without identity when its person is erased. */
  pass: (entry: Entry) => Entry;
  /** Run before the mapping; later ones need another pipeline. */
  rules: CompiledRules | undefined;
  /** Conditions could not be evaluated on a message. */
  onRulesFailed: (entry: Entry, failed: readonly FailedRule[]) => void;
  tracing: Tracing | undefined;
  onDelivery: (delivery: Delivery) => void;
  /** Customer.io has answered nothing since this time, in Unix milliseconds. */
  onSilence: (sinceMs: number) => void;
  /** The outcomes of these messages are written to Redis. */
  onOutcomes: (messages: PendingMessage[]) => void;
  onLimited: () => void;
  onError: OnError;
};

export function createSteps(options: StepsOptions): Steps {
  const { target, lease, queue, budget, breaks, onError } = options;
  const hand = createHand(budget);
  const backoff = createBackoff();
  const suspects = createSuspects();
  const tries = createRememberedTries();
  const settler = createSettler({
    queue,
    lease,
    signal: options.writing,
    onOutcomes: options.onOutcomes,
    onJobEnd(job) {
      hand.remove(job);
      tries.forget(job);
    },
    onError: (error) => onError("settle", error),
  });
  const dispatcher = createDispatcher({
    hand,
    backoff,
    suspects,
    limiter: limitRequests(options),
    client: () => target.client,
    tracing: options.tracing && { tracing: options.tracing, connection: lease.connectionId },
    settings: () => target.settings,
    mayGo: lease.isHeld,
    async onSettled(operations, rejected) {
      if (!(await settler.settleOperations(operations, rejected))) return;
      for (const operation of operations) hand.order.settle(operation);
      dispatcher.notify();
      takeLoop.notify();
    },
    onDelivery(delivery) {
      options.onDelivery(delivery);
      takeLoop.notify();
    },
    onSilence: options.onSilence,
    onDone: () => takeLoop.notify(),
    onError: (error) => onError("deliver", error),
  });
  const takeLoop = createTakeLoop({
    queue,
    lease,
    hand,
    backoff,
    tries,
    capacity: createCapacity({
      hand,
      budget,
      backoff,
      batchOperations: () => target.settings.batchOperations,
    }),
    activeJobs: createActiveJobs({ queue, hand, breaks }),
    dispatcher,
    admit: createAdmission({
      hand,
      tries,
      suspects,
      dispatcher,
      settler,
      pass: options.pass,
      rules: options.rules,
      onRulesFailed: options.onRulesFailed,
      settings: mapSettingsOf(target, lease.connectionId),
      onError,
    }),
    onError,
  });
  return { hand, backoff, dispatcher, takeLoop };
}

/** The same object until the connection is saved. */
function mapSettingsOf(target: Target, connectionId: string): () => MapSettings {
  let from = target.settings;
  let made: MapSettings = { ...from, connectionId };
  return () => {
    if (from !== target.settings) {
      from = target.settings;
      made = { ...from, connectionId };
    }
    return made;
  };
}

/** Asks Redis, which counts the requests of all the connection's owners. */
function limitRequests({
  target,
  redis,
  lease,
  onLimited,
}: Pick<StepsOptions, "target" | "redis" | "lease" | "onLimited">): RequestLimiter {
  const limits = () => target.settings.limiter;
  return createRequestLimiter({
    limits,
    async ask(wanted) {
      const grant = await askLimiter(redis, lease.connectionId, limits(), wanted);
      if (grant.requests === 0) onLimited();
      return grant;
    },
  });
}
