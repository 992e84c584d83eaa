import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { allSdks } from "./sdks/all-sdks.ts";
import { openSdkBrowser } from "./sdks/browser.ts";
import { openSdkSetting } from "./sdks/sdk-setting.ts";

/** Longer than the first retries of any of them. */
const awayMs = 3_000;
const events = Array.from({ length: 10 }, (_, index) => `E${index}`);

test("while Redis is away every SDK is taken at its word, also those that never ask twice", {
  timeout: 90_000,
}, async () => {
  await using setting = await openSdkSetting();
  await using browser = await openSdkBrowser();
  await using opened = new AsyncDisposableStack();
  const { writeKey, intakeUrl, redis } = setting.router;
  const running = await Promise.all(
    allSdks.map(async ({ name, start }) => {
      const sdk = opened.use(await start(browser)({ writeKey, intakeUrl }));
      await sdk.identify(name, { plan: "pro" });
      await waitFor(() => setting.person(name), { what: `${name} to be known` });
      return { name, sdk };
    }),
  );

  await redis.kill("SIGKILL");
  await Promise.all(
    running.map(async ({ sdk }) => {
      for (const event of events) {
        await sdk.track(event);
        await delay(awayMs / events.length);
      }
    }),
  );
  await redis.restart();

  for (const { name } of running) {
    const seen = async () => (await setting.activity(name)).map((activity) => activity.name).toSorted();
    await waitFor(async () => (await seen()).length >= events.length, {
      what: () => `the events of ${name}; the intake wrote: ${setting.router.intake.output}`,
      timeoutMs: 30_000,
    });
    expect(await seen()).toEqual(events);
  }
});
