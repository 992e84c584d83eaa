import type { Entry } from "@customerio-router/messages";
import { createProcessMetrics } from "@customerio-router/service";
import { Counter, Gauge, type Registry } from "prom-client";
import type { Spool } from "./keep/spool/spool.ts";
import type { Refusal } from "./receive/refusal.ts";

/** The intake's Prometheus metrics; labels hold a connection's id, a status or a reason, never anything of a message. */
export type IntakeMetrics = {
  /** All of them in Prometheus's text format. */
  read(): Promise<string>;
  countReceived(connection: string, entries: readonly Entry[]): void;
  countEnqueued(connection: string, entries: readonly Entry[]): void;
  countRefused(refusal: Refusal): void;
  countSalvaged(connection: string): void;
  countSdkReport(): void;
  countCopies(connection: string, messages: number): void;
};

export function createIntakeMetrics({
  spool,
  findRedisProblem = async () => undefined,
}: {
  spool?: Spool | undefined;
  findRedisProblem?: () => Promise<object | undefined>;
} = {}): IntakeMetrics {
  const { registry, read } = createProcessMetrics({ findRedisProblem });
  const registers = [registry];

  const received = new Counter({
    name: "customerio_router_messages_received_total",
    help: "Messages in requests with a known write key",
    labelNames: ["connection"],
    registers,
  });
  const enqueued = new Counter({
    name: "customerio_router_messages_enqueued_total",
    help: "Messages acknowledged, because they are durable in Redis or in the spool",
    labelNames: ["connection"],
    registers,
  });
  const invalid = new Counter({
    name: "customerio_router_messages_invalid_total",
    help: "Messages acknowledged but kept as rejected, by reason",
    labelNames: ["connection", "reason"],
    registers,
  });
  const refused = new Counter({
    name: "customerio_router_requests_refused_total",
    help: "Requests refused, by status and reason",
    labelNames: ["status", "reason"],
    registers,
  });

  const salvaged = new Counter({
    name: "customerio_router_requests_salvaged_total",
    help: "Requests whose body was no JSON, and of which some messages were saved",
    labelNames: ["connection"],
    registers,
  });
  const sdkReports = new Counter({
    name: "customerio_router_sdk_reports_total",
    help: "SDKs' reports about themselves, answered and discarded",
    registers,
  });

  const copies = new Counter({
    name: "customerio_router_messages_copies_total",
    help: "Messages recognized as copies by their messageId, and not kept again",
    labelNames: ["connection"],
    registers,
  });
  if (spool) addSpoolGauges(spool, registry);

  return {
    read,
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
    countSalvaged: (connection) => salvaged.inc({ connection }),
    countSdkReport: () => sdkReports.inc(),
    countCopies(connection, messages) {
      copies.inc({ connection }, messages);
    },
  };
}

/** Read when they are asked for. */
function addSpoolGauges(spool: Spool, registry: Registry): void {
  const { stock, maxBytes } = spool;
  const gauges: { [name: string]: [help: string, read: () => number] } = {
    spool_messages: ["Messages in the spool on disk", () => stock.total().messages],
    spool_bytes: ["Bytes of the messages in the spool", () => stock.bytes],
    spool_max_bytes: ["Size limit of the spool in bytes", () => maxBytes],
    spool_oldest_seconds: [
      "Age of the oldest message in the spool in seconds; 0 if it is empty",
      () => (Date.now() - (stock.total().oldestAtMs ?? Date.now())) / 1000,
    ],
    spool_disk_failing: [
      "1 while the spool's disk is full or fails",
      () => (spool.diskFailure === undefined ? 0 : 1),
    ],
    spool_problem_files: [
      "Spool files that were set aside as damaged, or cannot be opened",
      () => spool.problems.length,
    ],
  };
  for (const [name, [help, read]] of Object.entries(gauges)) {
    new Gauge({
      name: `customerio_router_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  }
}
