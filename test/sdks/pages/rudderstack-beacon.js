import { RudderAnalytics } from "@rudderstack/analytics-js/bundled";

const { writeKey, intakeUrl } = window.target;
window.analytics = new RudderAnalytics();
window.analytics.load(writeKey, intakeUrl, {
  configUrl: intakeUrl,
  useBeacon: true,
  beaconQueueOptions: { flushQueueInterval: 500 },
});
