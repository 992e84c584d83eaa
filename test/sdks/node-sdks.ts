import { Analytics as CustomerioAnalytics } from "@customerio/cdp-analytics-node";
import RudderAnalytics from "@rudderstack/rudder-sdk-node";
import { Analytics as SegmentAnalytics } from "@segment/analytics-node";
import type { Sdk, StartSdk } from "./sdk.ts";

export const startSegmentNode: StartSdk = async ({ writeKey, intakeUrl }) => {
  const analytics = new SegmentAnalytics({ writeKey, host: intakeUrl, flushInterval: 100 });
  analytics.on("error", () => {});
  return byObjects(analytics, () => analytics.closeAndFlush({ timeout: 1_000 }));
};

export const startCustomerioNode: StartSdk = async ({ writeKey, intakeUrl }) => {
  const analytics = new CustomerioAnalytics({ writeKey, host: intakeUrl, flushInterval: 100 });
  analytics.on("error", () => {});
  return byObjects(analytics, () => analytics.closeAndFlush({ timeout: 1_000 }));
};

export const startRudderstackNode: StartSdk = async ({ writeKey, intakeUrl }) => {
  const analytics = new RudderAnalytics(writeKey, {
    dataPlaneUrl: intakeUrl,
    flushInterval: 100,
    logLevel: "silent",
    errorHandler: () => {},
  });
  return byObjects(analytics, () => analytics.flush());
};

/** The calls that these SDKs share. */
type ObjectCalls = {
  identify(call: {
    userId: string;
    anonymousId: string;
    traits: { [name: string]: string | boolean };
  }): unknown;
  track(call: { userId: string; event: string; properties: { [name: string]: string } }): unknown;
  track(call: { anonymousId: string; event: string }): unknown;
  page(call: { userId: string; name?: string; properties: { url: string } }): unknown;
};

function byObjects(analytics: ObjectCalls, close: () => Promise<unknown>): Sdk {
  const url = "https://example.com/pricing";
  const anonymousId = `anonymous-${crypto.randomUUID()}`;
  let userId = "";
  return {
    url,
    elsewhere: [],
    async trackAnonymously(event) {
      analytics.track({ anonymousId, event });
    },
    async identify(id, traits) {
      userId = id;
      analytics.identify({ userId, anonymousId, traits: { ...traits } });
    },
    async track(event, properties = {}) {
      analytics.track({ userId, event, properties: { ...properties } });
    },
    async page(name) {
      analytics.page({ userId, ...(name !== undefined && { name }), properties: { url } });
    },
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}
