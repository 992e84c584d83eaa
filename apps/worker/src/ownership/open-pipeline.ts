import type { Connection, ConnectionStore, ErasedPeople, RuleStore } from "@customerio-router/connections";
import { type Lease, openJobQueue } from "@customerio-router/queue";
import { countBreaks, type RedisClient, type RedisHealth, type Replication } from "@customerio-router/redis";
import type { Counts } from "@customerio-router/reports";
import type { Logger, Tracing } from "@customerio-router/service";
import { createPipeline, type Pipeline } from "../delivery/pipeline.ts";
import { createMemoryBudget } from "../memory-budget.ts";
import { countDelivery } from "../reporting/count-delivery.ts";
import { countRuleFailures } from "../reporting/count-rule-failures.ts";
import { createDeliveryLog } from "../reporting/log-delivery.ts";
import { logErrors } from "../reporting/log-errors.ts";
import type { LeaseLog } from "../reporting/log-leases.ts";
import { reportStatus } from "../reporting/report-status.ts";
import type { WorkerMetrics } from "../reporting/worker-metrics.ts";
import { openClient } from "./open-client.ts";
import { openRules } from "./open-rules.ts";

/** Starts the delivery of a connection whose lease is held. */
export type OpenPipeline = (connection: Connection, lease: Lease) => Promise<Pipeline>;

export function createPipelineOpener(options: {
  redis: RedisClient;
  replication: Replication | undefined;
  health: Pick<RedisHealth, "problem" | "findProblem"> | undefined;
  store: ConnectionStore;
  rules: Pick<RuleStore, "open">;
  logger: Logger;
  tracing: Tracing | undefined;
  leaseLog: LeaseLog;
  metrics: WorkerMetrics;
  counts: Counts;
  people: Pick<ErasedPeople, "pass" | "refresh" | "version">;
  /** Called with each outcome: failed and completed jobs may exceed their bounds. */
  onOutcome: (connectionId: string) => void;
  /** Called when the delivery of a connection has ended, before its lease is released. */
  onStop: (lease: Lease) => Promise<void>;
}): OpenPipeline {
  const { redis, health, store, logger, leaseLog, metrics, counts, people } = options;
  const breaks = countBreaks(redis);
  const budget = createMemoryBudget();

  return async (connection, lease) => {
    const { id } = connection;
    // Before the first take: a list of a moment ago may lack somebody whom the last owner has removed.
    await people.refresh();
    const rules = await openRules(options, id);
    const client = await openClient({ redis, store }, connection);
    const log = logger.child({ connection: id, connectionName: connection.name });
    const deliveryLog = createDeliveryLog(log);
    const onError = logErrors(log, health);
    const status = reportStatus({
      redis,
      connectionId: id,
      onError: (error) => onError("record", error),
    });
    const ruleFailures = countRuleFailures({
      redis,
      connectionId: id,
      rules: rules.stored.rules,
      onError: (error) => onError("record", error),
    });
    status.begin(connection.settings.delivery);
    leaseLog.took(lease);
    const pipeline = createPipeline({
      connection,
      storedRules: rules.stored,
      rules: rules.compiled,
      onRulesFailed: ruleFailures.add,
      tracing: options.tracing,
      client,
      redis,
      lease,
      queue: openJobQueue({
        redis,
        lease,
        replication: options.replication,
        onTooLarge: ({ id: jobId, bytes }) =>
          log.warn({ jobId, bytes }, "moved a job to failed: it is too large to read"),
      }),
      budget: budget.join(),
      breaks,
      onError,
      pass: (entry) => people.pass(id, entry),
      onLimited: () => metrics.countLimiterWait(id),
      onOutcomes: (messages) => {
        metrics.countOutcomes(id, messages);
        options.onOutcome(id);
      },
      onStop: async () => {
        deliveryLog.flush();
        await ruleFailures.close();
        await options.onStop(lease);
      },
      onDelivery: (delivery) => {
        deliveryLog.add(delivery);
        metrics.countDelivery(id, delivery);
        countDelivery(counts, id, delivery);
        status.follow(delivery);
      },
      onSilence: (sinceMs) => status.silent(sinceMs, pipeline.connection.settings.deadlineMs),
    });
    pipeline.start();
    return pipeline;
  };
}
