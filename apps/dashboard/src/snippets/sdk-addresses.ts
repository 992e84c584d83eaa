import type { SourceKind } from "@customerio-router/connections";

type SdkAddress = {
  sdk: string;
  kind: SourceKind;
  /** Where the write key and the intake's address go; both are quoted. */
  code: (writeKey: string, intakeUrl: string) => string;
};

const analytics: SdkAddress["code"] = (key, url) => `new Analytics({ writeKey: ${key}, host: ${url} })`;
const load: SdkAddress["code"] = (key, url) => `AnalyticsBrowser.load({ writeKey: ${key}, cdnURL: ${url} })`;

/** The SDKs that are tested unmodified; a browser's snippet is Segment's. */
export const sdkAddresses: readonly SdkAddress[] = [
  { sdk: "@segment/analytics-node", kind: "server", code: analytics },
  { sdk: "@customerio/cdp-analytics-node", kind: "server", code: analytics },
  {
    sdk: "@rudderstack/rudder-sdk-node",
    kind: "server",
    code: (key, url) => `new RudderAnalytics(${key}, { dataPlaneUrl: ${url} })`,
  },
  { sdk: "@segment/analytics-next", kind: "browser", code: load },
  { sdk: "@customerio/cdp-analytics-browser", kind: "browser", code: load },
  {
    sdk: "@rudderstack/analytics-js/bundled",
    kind: "browser",
    code: (key, url) => `rudderanalytics.load(${key}, ${url}, { configUrl: ${url} })`,
  },
];
