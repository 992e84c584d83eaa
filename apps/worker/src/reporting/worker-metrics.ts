import { withTimeout } from "@customerio-router/redis";
import type { Outcome } from "@customerio-router/reports";
import { shareReads } from "@customerio-router/service";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Delivery } from "../retry/follow-reply.ts";
import type { ConnectionBacklog } from "./backlogs.ts";

/** Timeout of reading backlogs from Redis; then the other metrics are returned without them. */
const backlogsMs = 1_000;

/** The worker's Prometheus metrics; labels hold a connection's id, a status or a reason, never anything of a message. */
export type WorkerMetrics = {
  /** All of them in Prometheus's text format. */
  read(): Promise<string>;
  countOutcome(connection: string, outcome: Outcome): void;
  countDelivery(connection: string, delivery: Delivery): void;
  countLimiterWait(connection: string): void;
  countDropped(connection: string, messages: number): void;
  countArchived(connection: string, messages: number): void;
  /** Their records were removed before they were archived. */
  countUnarchived(connection: string, messages: number): void;
};

export function createWorkerMetrics(options: {
  /** The ids of the connections whose lease this process holds. */
  owned: () => string[];
  /** Asks Redis. */
  readBacklogs: () => Promise<ConnectionBacklog[]>;
}): WorkerMetrics {
  const { owned } = options;
  const readBacklogs = shareReads(options.readBacklogs);
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const messages = new Counter({
    name: "customerio_router_messages_settled_total",
    help: "Messages settled, by outcome (delivered, skipped, rejected) and reason",
    labelNames: ["connection", "outcome", "reason"],
    registers,
  });
  const requests = new Counter({
    name: "customerio_router_requests_total",
    help: "Requests to Customer.io, by status (none: no reply came)",
    labelNames: ["connection", "status"],
    registers,
  });
  const operations = new Counter({
    name: "customerio_router_operations_sent_total",
    help: "Operations sent to Customer.io, counted in each request",
    labelNames: ["connection"],
    registers,
  });
  const durations = new Histogram({
    name: "customerio_router_request_duration_seconds",
    help: "Seconds from sending a request to the last byte of its reply",
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const limiterWaits = new Counter({
    name: "customerio_router_limiter_waits_total",
    help: "Requests that waited for the connection's limiter",
    labelNames: ["connection"],
    registers,
  });
  const dropped = new Counter({
    name: "customerio_router_failed_messages_dropped_total",
    help: "Failed messages removed because they exceeded keepFailed",
    labelNames: ["connection"],
    registers,
  });
  const archived = new Counter({
    name: "customerio_router_messages_archived_total",
    help: "Settled messages written to the archive",
    labelNames: ["connection"],
    registers,
  });
  const unarchived = new Counter({
    name: "customerio_router_messages_unarchived_total",
    help: "Settled messages whose records were removed before they were archived",
    labelNames: ["connection"],
    registers,
  });
  const leases = new Gauge({
    name: "customerio_router_lease_held",
    help: "1 for each connection whose lease this process holds",
    labelNames: ["connection"],
    registers,
  });
  const backlog = new Gauge({
    name: "customerio_router_jobs_waiting",
    help: "Jobs in a connection's queue",
    labelNames: ["connection"],
    registers,
  });
  const oldest = new Gauge({
    name: "customerio_router_oldest_waiting_seconds",
    help: "Age of the oldest job in a connection's queue in seconds",
    labelNames: ["connection"],
    registers,
  });

  return {
    async read() {
      // The health check reports that Redis is silent.
      const backlogs = await withTimeout(backlogsMs, readBacklogs).catch(() => []);
      for (const gauge of [leases, backlog, oldest]) gauge.reset();
      for (const connection of owned()) leases.set({ connection }, 1);
      for (const { connectionId: connection, jobs, oldestMs } of backlogs) {
        backlog.set({ connection }, jobs);
        oldest.set({ connection }, oldestMs / 1000);
      }
      return await registry.metrics();
    },
    countOutcome(connection, outcome) {
      messages.inc({ connection, outcome: outcome.kind, reason: reasonOf(outcome) });
    },
    countDelivery(connection, { batch, reply }) {
      requests.inc({ connection, status: reply.status ?? "none" });
      operations.inc({ connection }, batch.operations.length);
      durations.observe(reply.durationMs / 1000);
    },
    countLimiterWait(connection) {
      limiterWaits.inc({ connection });
    },
    countDropped(connection, messages) {
      dropped.inc({ connection }, messages);
    },
    countArchived(connection, messages) {
      archived.inc({ connection }, messages);
    },
    countUnarchived(connection, messages) {
      unarchived.inc({ connection }, messages);
    },
  };
}

function reasonOf(outcome: Outcome): string {
  if (outcome.kind === "rejected") return outcome.rejection.reason;
  return outcome.kind === "skipped" ? outcome.reason : "";
}
