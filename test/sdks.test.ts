import { waitFor } from "@customerio-router/fixtures";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allSdks, otherTransports } from "./sdks/all-sdks.ts";
import { openSdkBrowser, type SdkBrowser } from "./sdks/browser.ts";
import type { StartSdk } from "./sdks/sdk.ts";
import { openSdkSetting, type SdkSetting } from "./sdks/sdk-setting.ts";

const opened = new AsyncDisposableStack();
let setting: SdkSetting;
let browser: SdkBrowser;
let anonymousWriteKey: string;

beforeAll(async () => {
  setting = opened.use(await openSdkSetting());
  anonymousWriteKey = await setting.addConnection("With anonymous events", { anonymousEvents: "send" });
  browser = opened.use(await openSdkBrowser());
});
afterAll(() => opened.disposeAsync());

describe.each([...allSdks, ...otherTransports])("$name", ({ name, start }) => {
  test("its calls end in Customer.io as they were made, but for the anonymous one", async () => {
    const person = `person of ${name}`;
    const url = await runScenario({ start: start(browser), person, writeKey: setting.router.writeKey });
    const activity = await arrived(person, 3);
    expect(activity).toEqual([
      { type: "Event", name: "Clicked Button" },
      { type: "Page View", name: "Home" },
      { type: "Page View", name: url },
    ]);
    expect(await setting.person(person)).toMatchObject({
      id: person,
      email: emailOf(person),
      unsubscribed: true,
      attributes: { id: person, email: emailOf(person), unsubscribed: true, plan: "pro" },
    });
  });

  test("where anonymous events are sent, the earlier one becomes the person's", async () => {
    const person = `known later of ${name}`;
    const url = await runScenario({ start: start(browser), person, writeKey: anonymousWriteKey });
    expect(await arrived(person, 4)).toEqual([
      { type: "Event", name: "Before" },
      { type: "Event", name: "Clicked Button" },
      { type: "Page View", name: "Home" },
      { type: "Page View", name: url },
    ]);
  });
});

test("a page with the snippet and the example calls needs nothing else", async () => {
  const calls = `<script>
    analytics.identify('userId123', { email: 'john.doe@example.com' });
    analytics.track('Clicked Button');
    analytics.page('Pricing');
    analytics.identify('userId123', { email: 'john.doe@example.com', unsubscribed: true });
  </script>`;
  const { writeKey, intakeUrl } = setting.router;
  await using page = await browser.openSnippet({ writeKey, intakeUrl }, calls);
  expect(await arrived("userId123", 2)).toEqual([
    { type: "Event", name: "Clicked Button" },
    { type: "Page View", name: "Pricing" },
  ]);
  await waitFor(async () => (await setting.person("userId123"))?.unsubscribed, { what: "userId123" });
  expect(page.elsewhere).toEqual([]);
  expect(page.complaints).toEqual([]);
});

/** The seed's calls, as a customer's code makes them; gives what the unnamed page is known by. */
async function runScenario(options: { start: StartSdk; person: string; writeKey: string }): Promise<string> {
  const { start, person, writeKey } = options;
  await using sdk = await start({ writeKey, intakeUrl: setting.router.intakeUrl });
  const email = emailOf(person);
  await sdk.trackAnonymously("Before");
  await sdk.identify(person, { email, plan: "pro" });
  await sdk.page("Home");
  await sdk.page();
  await sdk.track("Clicked Button");
  await sdk.identify(person, { email, unsubscribed: true });
  await waitFor(async () => (await setting.person(person))?.unsubscribed, {
    what: () => `${person} to be unsubscribed; the intake wrote: ${setting.router.intake.output}`,
  });
  await arrived(person, 3);
  expect(sdk.elsewhere).toEqual([]);
  return sdk.url;
}

function emailOf(person: string): string {
  return `${person.replaceAll(/[^a-z]+/g, ".")}@example.com`;
}

/** What the person did, by type and name, once there is so much of it. */
async function arrived(person: string, count: number) {
  let found: { type: string; name: string }[] = [];
  await waitFor(
    async () => {
      found = (await setting.activity(person)).map(({ type, name }) => ({ type, name }));
      return found.length >= count;
    },
    { what: () => `${count} activities of ${person}: ${JSON.stringify(found)}` },
  );
  return found.toSorted((one, other) =>
    `${one.type} ${one.name}`.localeCompare(`${other.type} ${other.name}`),
  );
}
