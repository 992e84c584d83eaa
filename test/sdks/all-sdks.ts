import type { SdkBrowser } from "./browser.ts";
import { startCustomerioNode, startRudderstackNode, startSegmentNode } from "./node-sdks.ts";
import type { StartSdk } from "./sdk.ts";

type NamedSdk = {
  name: string;
  /** `browser` is where browser SDKs run; Node SDKs run in the test's own process. */
  start: (browser: SdkBrowser) => StartSdk;
  /** Why the SDK loses messages itself when something in front of the intake refuses them for long. */
  givesUp?: string;
};

export const allSdks: NamedSdk[] = [
  { name: "@segment/analytics-node", start: () => startSegmentNode },
  { name: "@segment/analytics-next", start: (browser) => browser.startBundled("segment") },
  { name: "@segment/analytics-next by the snippet", start: (browser) => browser.openSnippet },
  { name: "@rudderstack/analytics-js", start: (browser) => browser.startBundled("rudderstack") },
  {
    name: "@rudderstack/rudder-sdk-node",
    start: () => startRudderstackNode,
    givesUp: "it tries four times within two seconds",
  },
  {
    name: "@customerio/cdp-analytics-node",
    start: () => startCustomerioNode,
    givesUp: "it tries four times within a second",
  },
  {
    name: "@customerio/cdp-analytics-browser",
    start: (browser) => browser.startBundled("customerio"),
    givesUp: "it takes every answer for a success",
  },
];

/** Other ways to send that some of them have. */
export const otherTransports: NamedSdk[] = [
  { name: "@segment/analytics-next, batching", start: (browser) => browser.startBundled("segment-batching") },
  {
    name: "@rudderstack/analytics-js, by beacons",
    start: (browser) => browser.startBundled("rudderstack-beacon"),
  },
];
