import { type Outcome, receivedAtMsOf } from "@customerio-router/reports";
import { createProcessMetrics } from "@customerio-router/service";
import { Counter, Gauge, Histogram } from "prom-client";
import type { PendingMessage } from "../delivery/pending.ts";
import type { Delivery } from "../retry/follow-reply.ts";
import { createDeliveryTimes } from "./delivery-times.ts";

/** The worker's Prometheus metrics; labels hold a connection's id, a status or a reason, never anything of a message. */
export type WorkerMetrics = {
  /** All of them in Prometheus's text format. */
  read(): Promise<string>;
  /** `owned`: reads the ids of the connections whose lease this process holds. */
  watchOwned(owned: () => string[]): void;
  /** Once its outcome is written. */
  countOutcomes(connection: string, messages: PendingMessage[]): void;
  countDelivery(connection: string, delivery: Delivery): void;
  countLimiterWait(connection: string): void;
  countDropped(connection: string, messages: number): void;
  countArchived(connection: string, messages: number): void;
  /** Their records were removed before they were archived. */
  countUnarchived(connection: string, messages: number): void;
};

export function createWorkerMetrics(
  options: { findRedisProblem: () => Promise<object | undefined> } = {
    findRedisProblem: async () => undefined,
  },
): WorkerMetrics {
  const metrics = createProcessMetrics(options);
  const registers = [metrics.registry];
  const times = createDeliveryTimes();
  let owned: () => string[] = () => [];

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
  new Gauge({
    name: "customerio_router_lease_held",
    help: "1 for each connection whose lease this process holds",
    labelNames: ["connection"],
    registers,
    collect() {
      this.reset();
      for (const connection of owned()) this.set({ connection }, 1);
    },
  });

  return {
    read: async () => (await metrics.read()) + times.write(),
    watchOwned(read) {
      owned = read;
    },
    countOutcomes(connection, settled) {
      const nowMs = Date.now();
      const groups = new Map<string, { outcome: string; reason: string; count: number }>();
      for (const { outcome, entry, job } of settled) {
        if (outcome === undefined) continue;
        const labels = { outcome: outcome.kind, reason: reasonOf(outcome) };
        const key = `${labels.outcome} ${labels.reason}`;
        const group = groups.get(key);
        if (group) group.count += 1;
        else groups.set(key, { ...labels, count: 1 });
        // Of a replay it would say how old the message is.
        if (outcome.kind !== "delivered" || entry.replay) continue;
        times.add(connection, nowMs - receivedAtMsOf(entry.message, job.taken.enqueuedAtMs));
      }
      // prom-client takes about a microsecond a call.
      for (const { count, ...labels } of groups.values()) messages.inc({ connection, ...labels }, count);
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
