import { AnalyticsBrowser } from "@segment/analytics-next";

const { writeKey, intakeUrl } = window.target;
// Where to send comes with the settings of the intake.
window.analytics = AnalyticsBrowser.load({ writeKey, cdnURL: intakeUrl });
