import { AnalyticsBrowser } from "@customerio/cdp-analytics-browser";

const { writeKey, intakeUrl } = window.target;
window.analytics = AnalyticsBrowser.load({ writeKey, cdnURL: intakeUrl });
