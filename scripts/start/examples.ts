import { Analytics } from "@segment/analytics-node";

const userId = "userId123";
const email = "john.doe@example.com";
const pageUrl = "https://example.com/pricing";

/** What the sandbox has to know of a person and their activity once the example calls have arrived. */
export const expected = { userId, email, activityNames: ["Clicked Button", "Home", pageUrl] };

/** Sends the example calls as a customer's server would, and throws when the intake did not take them. */
export async function sendExamples(options: { intakeUrl: string; writeKey: string }): Promise<void> {
  const { intakeUrl, writeKey } = options;
  const analytics = new Analytics({ writeKey, host: intakeUrl, flushAt: 5 });
  const failed = new Promise<never>((_resolve, reject) => {
    analytics.on("error", ({ code, reason }) =>
      reject(new Error(`the intake did not take the example calls: ${code} ${reason}`)),
    );
  });

  analytics.identify({ userId, traits: { email } });
  analytics.page({ userId, name: "Home", properties: { url: "https://example.com/" } });
  analytics.page({ userId, properties: { url: pageUrl } });
  analytics.track({ userId, event: "Clicked Button" });
  analytics.identify({ userId, traits: { email, unsubscribed: true } });

  await Promise.race([analytics.closeAndFlush({ timeout: 10_000 }), failed]);
}
