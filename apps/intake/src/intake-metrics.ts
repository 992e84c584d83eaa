import type { Entry } from "@customerio-router/queue";
import { Counter, collectDefaultMetrics, Registry } from "prom-client";
import type { Refusal } from "./refusal.ts";

/** The intake's Prometheus metrics; labels hold a connection's id, a status or a reason, never anything of a message. */
export type IntakeMetrics = {
  /** All of them in Prometheus's text format. */
  read(): Promise<string>;
  countReceived(connection: string, entries: readonly Entry[]): void;
  countEnqueued(connection: string, entries: readonly Entry[]): void;
  countRefused(refusal: Refusal): void;
  countSdkReport(): void;
};

export function createIntakeMetrics(): IntakeMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const received = new Counter({
    name: "customerio_router_messages_received_total",
    help: "Messages of requests with a known write key",
    labelNames: ["connection"],
    registers,
  });
  const enqueued = new Counter({
    name: "customerio_router_messages_enqueued_total",
    help: "Those of them that were acknowledged, Redis having taken them",
    labelNames: ["connection"],
    registers,
  });
  const invalid = new Counter({
    name: "customerio_router_messages_invalid_total",
    help: "Those of them that were acknowledged and kept as rejected, by reason",
    labelNames: ["connection", "reason"],
    registers,
  });
  const refused = new Counter({
    name: "customerio_router_requests_refused_total",
    help: "Requests that were refused, by status and reason",
    labelNames: ["status", "reason"],
    registers,
  });

  const sdkReports = new Counter({
    name: "customerio_router_sdk_reports_total",
    help: "Reports of SDKs about themselves, answered and thrown away",
    registers,
  });

  return {
    read: () => registry.metrics(),
    countReceived(connection, entries) {
      received.inc({ connection }, entries.length);
    },
    countEnqueued(connection, entries) {
      enqueued.inc({ connection }, entries.length);
      for (const { rejected } of entries) if (rejected) invalid.inc({ connection, reason: rejected.reason });
    },
    countRefused({ status, reason }) {
      refused.inc({ status, reason });
    },
    countSdkReport: () => sdkReports.inc(),
  };
}
