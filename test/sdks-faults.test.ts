import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@customerio-router/fixtures";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { allSdks } from "./sdks/all-sdks.ts";
import { openSdkBrowser, type SdkBrowser } from "./sdks/browser.ts";
import { type HttpFault, type HttpFaultProxy, startHttpFaultProxy } from "./sdks/http-fault-proxy.ts";
import { openSdkSetting, type SdkSetting } from "./sdks/sdk-setting.ts";

/** How long each fault lasts; SDK_FAULT_MS=20000 makes a minute of the three. */
const faultMs = Number(process.env.SDK_FAULT_MS || 700);
/** SDKs wait longer and longer between their tries: some six times as long as the fault has lasted. */
const timeoutMs = 20_000 + 12 * faultMs;
const faults: HttpFault[] = ["503", "429", "reset"];
const eventsPerFault = 8;

// All SDKs at once: they wait, most of the time.
vi.setConfig({ maxConcurrency: 10 });

const opened = new AsyncDisposableStack();
let setting: SdkSetting;
let browser: SdkBrowser;

beforeAll(async () => {
  setting = opened.use(await openSdkSetting());
  browser = opened.use(await openSdkBrowser());
});
afterAll(() => opened.disposeAsync());

test.concurrent.each(allSdks)(
  "$name through 503, 429 and resets: nothing twice, and nothing lost but what the SDK gives up",
  { timeout: 3 * faultMs + timeoutMs + 60_000 },
  async ({ name, start, givesUp }) => {
    await using proxy = await startHttpFaultProxy(setting.router.intakeUrl);
    await using sdk = await start(browser)({ writeKey: setting.router.writeKey, intakeUrl: proxy.url });
    const person = `patient ${name}`;
    await sdk.identify(person, { plan: "pro" });
    await waitFor(() => setting.person(person), { what: `${person} to be known` });

    const sent: string[] = [];
    for (const fault of [...faults, undefined]) {
      proxy.fault = fault;
      for (let count = 0; count < eventsPerFault; count++) {
        const event = `${fault ?? "well"} ${count}`;
        sent.push(event);
        await sdk.track(event);
        await delay(faultMs / eventsPerFault);
      }
    }
    const expected = () => (givesUp ? [...proxy.taken] : sent);
    const seen = async () => (await setting.activity(person)).map((activity) => activity.name).toSorted();
    const isOver = async () => {
      const names = new Set(await seen());
      return givesUp
        ? proxy.quietMs() > 5_000 && expected().every((event) => names.has(event))
        : sent.every((event) => names.has(event));
    };
    await waitFor(isOver, { what: () => describeMissing(proxy, sent), timeoutMs: timeoutMs, pollMs: 100 });
    await delay(500);

    expect(proxy.faulty).toBeGreaterThan(0);
    expect(await seen()).toEqual(expected().toSorted());
    const lost = sent.filter((event) => !proxy.taken.has(event));
    if (lost.length > 0) console.log(`${name} gave up ${lost.length} of ${sent.length}: ${givesUp}`);
  },
);

function describeMissing(proxy: HttpFaultProxy, sent: readonly string[]): string {
  const missing = sent.filter((event) => !proxy.taken.has(event));
  return `all to be seen; the intake has not got ${missing.length} of ${sent.length}: ${missing.join(", ")}`;
}
