import type { Operation } from "../operation.ts";

/** An operation that goes to v1's metrics endpoint. */
export type MetricOperation = Extract<Operation, { type: "delivery" }>;

export const metricPath = "/api/v1/metrics";

/** The body of that request as JSON. Source: Track API v1, metrics. */
export function metricBody({ identifiers, name, timestamp, attributes }: MetricOperation): string {
  return JSON.stringify({ delivery_id: identifiers.id, metric: name, timestamp, ...attributes });
}
