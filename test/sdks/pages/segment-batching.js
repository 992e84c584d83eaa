import { AnalyticsBrowser } from "@segment/analytics-next";

const { writeKey, intakeUrl } = window.target;
const deliveryStrategy = { strategy: "batching", config: { size: 10, timeout: 500 } };
window.analytics = AnalyticsBrowser.load(
  { writeKey, cdnURL: intakeUrl },
  { integrations: { "Segment.io": { deliveryStrategy } } },
);
