import { latencyBoundsMs } from "@customerio-router/reports";

/** Connections whose times are exported one by one: fifteen series each. */
const maxConnections = 500;

const boundsMs: readonly number[] = latencyBoundsMs;

/** How long deliveries took since this process began: how many in each bucket, and the sum in milliseconds. */
type Times = { buckets: number[]; sumMs: number; count: number };

/** Histograms of the time from receipt to delivery, in the ledger's buckets. */
export type DeliveryTimes = {
  add(connection: string, durationMs: number): void;
  /** In Prometheus's text format: of all deliveries, and of the connections with most of them. */
  write(): string;
};

/** Not a Histogram of prom-client, which would export every connection. */
export function createDeliveryTimes(): DeliveryTimes {
  const all = noTimes();
  const byConnection = new Map<string, Times>();

  return {
    add(connection, durationMs) {
      const own = byConnection.get(connection) ?? noTimes();
      byConnection.set(connection, own);
      const spentMs = Math.max(0, durationMs);
      for (const times of [all, own]) count(times, spentMs);
    },
    write() {
      const busiest = [...byConnection]
        .sort(([, one], [, other]) => other.count - one.count)
        .slice(0, maxConnections);
      return [
        ...writeHistogram("delivery_seconds", "Seconds from receipt to delivery, without replays", [
          ["", all],
        ]),
        ...writeHistogram(
          "connection_delivery_seconds",
          `The same by connection, of the ${maxConnections} to which this process delivered most`,
          busiest.map(([connection, times]) => [`connection="${connection}"`, times]),
        ),
        "",
      ].join("\n");
    },
  };
}

function noTimes(): Times {
  return { buckets: Array.from({ length: boundsMs.length + 1 }, () => 0), sumMs: 0, count: 0 };
}

function count(times: Times, durationMs: number): void {
  const found = boundsMs.findIndex((boundMs) => durationMs <= boundMs);
  const bucket = found === -1 ? boundsMs.length : found;
  times.buckets[bucket] = (times.buckets[bucket] ?? 0) + 1;
  times.sumMs += durationMs;
  times.count += 1;
}

function writeHistogram(name: string, help: string, series: [labels: string, times: Times][]): string[] {
  const full = `customerio_router_${name}`;
  return [
    `# HELP ${full} ${help}`,
    `# TYPE ${full} histogram`,
    ...series.flatMap(([labels, times]) => writeSeries(full, labels, times)),
  ];
}

function writeSeries(name: string, labels: string, { buckets, sumMs, count }: Times): string[] {
  const prefix = labels === "" ? "" : `${labels},`;
  let below = 0;
  const lines = buckets.map((messages, index) => {
    below += messages;
    const boundMs = boundsMs[index];
    return `${name}_bucket{${prefix}le="${boundMs === undefined ? "+Inf" : boundMs / 1000}"} ${below}`;
  });
  const braced = labels === "" ? "" : `{${labels}}`;
  return [...lines, `${name}_sum${braced} ${sumMs / 1000}`, `${name}_count${braced} ${count}`];
}
