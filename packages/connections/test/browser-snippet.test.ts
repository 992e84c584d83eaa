import { expect, test } from "vitest";
import { browserSnippet } from "../src/index.ts";

test("the snippet loads the SDK of its intake with its write key", () => {
  const snippet = browserSnippet({ writeKey: "key-1", intakeUrl: "https://events.example.com/" });
  expect(snippet).toContain('"https://events.example.com/analytics.js/v1/key-1/analytics.min.js"');
  expect(snippet).toContain('"key-1", "https://events.example.com",');
  expect(snippet.match(/<script>/g)).toHaveLength(1);
});

test("no write key breaks out of the snippet", () => {
  const snippet = browserSnippet({ writeKey: '"</script><img/onerror=1>', intakeUrl: "https://a.example" });
  expect(snippet.match(/<\/script>/g)).toHaveLength(1);
  expect(snippet).toContain('"\\"\\u003c/script>\\u003cimg/onerror=1>"');
  expect(snippet).toContain("/v1/%22%3C%2Fscript%3E%3Cimg%2Fonerror%3D1%3E/analytics.min.js");
});

test("calls made before the SDK is there are kept for it in order, and later ones reach it", () => {
  const page = loadPage();
  page.analytics.identify("u1", { plan: "pro" });
  page.analytics.track("Clicked Button");
  expect([...page.analytics]).toEqual([
    ["identify", "u1", { plan: "pro" }],
    ["track", "Clicked Button"],
  ]);
  const early = page.analytics;
  const reached: unknown[] = [];
  page.window.analytics = { track: (name: string) => reached.push(name) };
  early.track("Later");
  expect(reached).toEqual(["Later"]);
  expect(early).toHaveLength(2);
});

test("a snippet pasted twice loads the SDK once", () => {
  const page = loadPage();
  page.run();
  expect(page.scripts).toEqual(["https://a.example/analytics.js/v1/k/analytics.min.js"]);
});

type Call = (...parameters: unknown[]) => unknown;
type Early = unknown[] & { identify: Call; track: Call };

/** As much of a page as the snippet touches. */
function loadPage() {
  const scripts: string[] = [];
  const window: { analytics?: unknown } = {};
  const document = {
    createElement: () => ({}),
    head: { appendChild: ({ src }: { src: string }) => scripts.push(src) },
  };
  const source = browserSnippet({ writeKey: "k", intakeUrl: "https://a.example" }).replace(
    /<\/?script>/g,
    "",
  );
  const run = () => new Function("window", "document", source)(window, document);
  run();
  return { window, scripts, run, analytics: window.analytics as Early };
}
