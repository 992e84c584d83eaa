export type { Answer, Refusal, Region, RegionAnswer, Verdict } from "./answer.ts";
export {
  type CustomerioClient,
  type CustomerioClientOptions,
  createCustomerioClient,
} from "./customerio-client.ts";
export { type EventOperation, eventBody, eventPath } from "./event-request.ts";
export { customerioLimits } from "./limits.ts";
export { type MetricOperation, metricBody } from "./metric-request.ts";
export * from "./operation.ts";
export { trackHosts } from "./track-hosts.ts";
