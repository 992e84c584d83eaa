import { describe, expect, test } from "vitest";
import { openSandbox } from "./open-sandbox.ts";
import { person as about, acme, anonymousEvent, event, identify, object, ulid } from "./operations.ts";

const evil = `"><img src=x onerror=alert(1)>'</pre></title><script>alert(1)</script>&amp;`;

/** Everything a page shows, with markup in every place that somebody else can fill. */
const evilOperations = [
  identify(evil, { email: `${evil.replaceAll(" ", "")}@x`, [evil.slice(0, 60)]: evil, unsubscribed: true }),
  event(evil, evil, { id: ulid(1), attributes: { [evil]: evil } }),
  { ...event(evil, evil), action: "page" },
  anonymousEvent(evil, evil),
  event("stranger", evil),
  about("add_device", evil, { device: { token: evil, platform: "ios", attributes: { [evil]: evil } } }),
  object("identify", {
    attributes: { [evil]: evil },
    identifiers: { ...acme, object_id: evil },
    cio_relationships: [{ identifiers: { id: evil }, relationship_attributes: { [evil]: evil } }],
  }),
  {
    type: "delivery",
    action: "event",
    identifiers: { id: evil },
    name: "opened",
    attributes: { device_token: evil },
  },
  about("suppress", "somebody else"),
  identify("doomed"),
  about("delete", "doomed"),
];

describe("A page", () => {
  test.each([
    "/",
    "/people",
    "/activity",
    "/people/a3000001",
    `/activity?person=${encodeURIComponent(evil)}&name=${encodeURIComponent(evil)}`,
  ])("escapes everything: %s", async (path) => {
    const { batch, get } = await openSandbox();
    expect((await batch(...evilOperations)).json).toEqual({});
    const { status, text } = await get(path);
    expect(status).toBe(200);
    expect(text).not.toMatch(/<img|<script|onerror=alert\(1\)>/);
    expect(text).toContain("&#60;script&#62;alert(1)&#60;/script&#62;");
    expect(text.match(/<\/title>/g)).toHaveLength(1);
    expect(count(text, "<pre>")).toBe(count(text, "</pre>"));
  });

  test.each(["/", "/people", "/activity", "/people/a3000001", "/people/nobody"])(
    "lets nothing in from elsewhere and has its landmarks: %s",
    async (path) => {
      const { batch, get } = await openSandbox();
      await batch(identify("u1"));
      const { text, headers } = await get(path);
      expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe|script-src|\*/);
      expect(text).not.toMatch(/https?:\/\/|<style|style="|<script|javascript:/);
      for (const landmark of ["<header", "<nav", "<main", "<footer", '<html lang="en">', 'href="#main"']) {
        expect(text).toContain(landmark);
      }
      expect(count(text, "<h1")).toBe(1);
    },
  );

  test("has all its assets", async () => {
    const { get } = await openSandbox();
    const { text } = await get("/");
    const assets = [...text.matchAll(/<link [^>]*href="([^"]+)"/g)].map(([, href]) => href ?? "");
    expect(assets).toEqual(["/favicon.svg", "/style.css"]);
    for (const asset of assets) expect((await get(asset)).status).toBe(200);
    const css = (await get("/style.css")).text;
    expect(css).toContain("prefers-color-scheme: dark");
    expect(css).not.toMatch(/url\(|@import/);
  });
});

describe("The overview", () => {
  test("shows People and Activity", async () => {
    const { batch, get } = await openSandbox();
    await batch(
      identify("userId123", { email: "john.doe@example.com" }),
      identify("u2", { unsubscribed: true }),
    );
    await batch(event("userId123", "Clicked Button"), { ...event("userId123", "Pricing"), action: "page" });
    const text = words((await get("/")).text);
    for (const shown of [
      "john.doe@example.com userId123",
      "u2 Unsubscribed",
      "Event Clicked Button john.doe@example.com",
      "Page View Pricing john.doe@example.com",
    ]) {
      expect(text).toContain(shown);
    }
    expect(text.indexOf("Page View Pricing")).toBeLessThan(text.indexOf("Event Clicked Button"));
  });

  test("says how to add the first person", async () => {
    const { get } = await openSandbox();
    expect(words((await get("/")).text)).toContain("No people yet.");
  });

  test("says when faults are active", async () => {
    const { get, setFaults } = await openSandbox();
    expect((await get("/")).text).not.toContain("Faults injected");
    await setFaults({ status: 503 });
    expect(words((await get("/")).text)).toContain("Faults injected. 1 fault is active");
  });

  test("reloads only while it is live", async () => {
    const { get } = await openSandbox();
    expect((await get("/")).text).not.toContain("http-equiv");
    const { text } = await get("/?live=on");
    expect(text).toContain('<meta http-equiv="refresh" content="2">');
    expect(text).toContain('<a class="live" href="/">');
  });
});

describe("A person's page", () => {
  test("shows attributes, devices, relationships and activity", async () => {
    const { batch, person, get } = await openSandbox();
    await batch(identify("u1", { plan: "premium", tags: ["a"] }), event("u1", "Bought"), event("u2", "Sold"));
    await batch(about("add_device", "u1", { device: { token: "token-1", platform: "android" } }));
    await batch(about("add_relationships", "u1", { cio_relationships: [{ identifiers: acme }] }));
    const text = words((await get(`/people/${(await person("u1"))?.cioId}`)).text);
    for (const shown of [
      "plan premium",
      'tags ["a"]',
      "Android",
      "token-1",
      "acme object type 1",
      "Event Bought",
    ]) {
      expect(text).toContain(shown);
    }
    expect(text).not.toContain("Sold");
  });

  test("of somebody who was deleted is answered 404", async () => {
    const { batch, get } = await openSandbox();
    await batch(identify("u1"), about("delete", "u1"));
    expect((await get("/people/a3000001")).status).toBe(404);
  });

  test("stands, though a timestamp is beyond every calendar", async () => {
    const { batch, get } = await openSandbox();
    await batch(identify("u1", {}, { timestamp: Number.MAX_SAFE_INTEGER }));
    expect((await get("/people/a3000001")).status).toBe(200);
  });
});

test("lists go on to older pages with the filter kept", async () => {
  const { batch, get } = await openSandbox();
  for (let nth = 1; nth <= 60; nth++) await batch(identify(`u${nth}`), event("someone & co", `E${nth}`));
  const people = (await get("/people")).text;
  const activity = (await get("/activity?person=someone+%26+co&type=&name=")).text;
  const older = (text: string) =>
    /<nav class="pages"[^>]*><a href="([^"]+)">/.exec(text)?.[1]?.replaceAll("&#38;", "&") ?? "";
  expect(words((await get(older(people))).text)).toContain("u1 Subscribed");
  expect(older(activity)).toMatch(/^\/activity\?person=someone\+%26\+co&after=\d+$/);
  const rest = words((await get(older(activity))).text);
  expect(rest).toContain("E10 someone");
  expect(rest).not.toContain("E11 someone");
});

/** What is left of markup for somebody who reads it. */
function words(markup: string): string {
  const text = markup
    .replace(/<[^>]+>/g, " ")
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
  return text.replace(/\s+/g, " ");
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
