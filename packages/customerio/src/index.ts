export {
  type CustomerioClient,
  type CustomerioClientOptions,
  createCustomerioClient,
} from "./customerio-client.ts";
export { customerioLimits } from "./limits.ts";
export * from "./operation.ts";
export type { Region, Reply } from "./replies/reply.ts";
export { type EventOperation, eventBody, eventPath } from "./requests/event-request.ts";
export { type MetricOperation, metricBody } from "./requests/metric-request.ts";
export { wireText } from "./requests/wire-text.ts";
export { trackHosts } from "./track-hosts.ts";
