import { createSourceStore, type SourceInput } from "@customerio-router/connections";
import { waitFor } from "@customerio-router/fixtures";
import { connectRedis } from "@customerio-router/redis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSdkBrowser, type SdkBrowser } from "./sdks/browser.ts";
import { openSdkSetting, type SdkSetting } from "./sdks/sdk-setting.ts";
import { post } from "./send.ts";

const opened = new AsyncDisposableStack();
let setting: SdkSetting;
let browser: SdkBrowser;

beforeAll(async () => {
  setting = opened.use(await openSdkSetting());
  browser = opened.use(await openSdkBrowser());
});
afterAll(() => opened.disposeAsync());

/** A source that feeds the connection of this name; resolves once the intake knows it. */
async function makeSource(connection: string, input: Omit<SourceInput, "connections">) {
  const redis = connectRedis({ url: setting.router.redis.url, profile: "consumer" });
  try {
    const sources = createSourceStore(redis);
    const connections = (await sources.findByName(connection))?.connections ?? [];
    const saved = await sources.create({ ...input, connections });
    if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
    const [writeKey] = saved.source.writeKeys;
    const target = { intakeUrl: setting.router.intakeUrl, writeKey: writeKey?.key ?? "" };
    const probe = JSON.stringify({ type: "track", userId: "probe", event: "Probe" });
    await waitFor(async () => (await post(target, "/v1/track", probe)).status === 200, {
      what: "the source",
    });
    return {
      ...target,
      allow: async (origin: string) =>
        await createSourceStore(redis).update(saved.source.id, { origins: [origin] }),
      [Symbol.dispose]: () => redis.disconnect(),
    };
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

const names = async (person: string) => (await setting.activity(person)).map(({ name }) => name);

test("a real page of another origin is refused, in a way its SDK can read, and accepted once its origin is allowed", async () => {
  using target = await makeSource("Whole way", {
    name: "Pages",
    kind: "browser",
    origins: ["https://shop.example"],
  });
  await using refused = await browser.openSnippet(target);
  await refused.track("Refused");
  const call = { writeKey: target.writeKey, userId: "visitor", event: "By hand" };
  expect(await refused.post(`${target.intakeUrl}/v1/track`, call)).toMatchObject({
    status: 403,
    body: { error: { reason: "wrong-origin" } },
  });

  await target.allow(new URL(refused.url).origin);
  await waitFor(
    async () => {
      await using page = await browser.openSnippet(target);
      await page.identify("visitor", { plan: "pro" });
      await page.track("Allowed");
      return (await names("visitor")).includes("Allowed");
    },
    { what: "a call of an allowed page", pollMs: 500, timeoutMs: 30_000 },
  );
  expect(await names("visitor")).not.toContain("Refused");
  expect(await names("visitor")).not.toContain("By hand");
});

test("`User Deleted` by a browser's source never deletes; by a server's it does, where the connection allows it", async () => {
  await setting.addConnection("With deletions", { destructiveEvents: true });
  using pages = await makeSource("With deletions", { name: "Its pages", kind: "browser" });
  using server = await makeSource("With deletions", { name: "Its server", kind: "server" });
  const send = async (target: typeof pages, call: object) =>
    expect((await post(target, "/v1/batch", JSON.stringify({ batch: [call] }))).status).toBe(200);
  await send(server, { type: "identify", userId: "ada", traits: { plan: "pro" } });
  await waitFor(async () => (await setting.person("ada")) !== undefined, { what: "ada" });
  await send(pages, { type: "track", userId: "ada", event: "User Deleted" });
  await waitFor(async () => (await names("ada")).includes("User Deleted"), { what: "the plain event" });
  expect(await setting.person("ada")).toBeDefined();
  await send(server, { type: "track", userId: "ada", event: "User Deleted" });
  await waitFor(async () => (await setting.person("ada")) === undefined, { what: "the deletion" });
});
