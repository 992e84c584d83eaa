import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { browserSnippet } from "../src/index.ts";

test("the snippet loads the SDK of its intake for its write key", () => {
  const { scripts, analytics } = loadPage({ writeKey: "key-1", intakeUrl: "https://a.example/ingest/" });
  expect(scripts).toEqual(["https://a.example/ingest/analytics.js/v1/key-1/analytics.min.js"]);
  expect(analytics).toMatchObject({ _writeKey: "key-1", _cdn: "https://a.example/ingest" });
});

test("no write key breaks out of the snippet", () => {
  const writeKey = '"</script><img/onerror=1>';
  const { snippet, scripts, analytics } = loadPage({ writeKey });
  expect(snippet.match(/<\/script>/g)).toHaveLength(1);
  expect(snippet).not.toContain("<img");
  expect(analytics).toMatchObject({ _writeKey: writeKey });
  expect(scripts[0]).toContain("/v1/%22%3C%2Fscript%3E%3Cimg%2Fonerror%3D1%3E/analytics.min.js");
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

test("README shows the snippet as it is", () => {
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  const snippet = browserSnippet({
    writeKey: "YOUR-WRITE-KEY",
    intakeUrl: "https://your-intake.example.com",
  });
  expect(readme).toContain(snippet);
});

type Call = (...parameters: unknown[]) => unknown;
type Early = unknown[] & { identify: Call; track: Call };

/** As much of a page as the snippet touches. */
function loadPage({ writeKey = "k", intakeUrl = "https://a.example" } = {}) {
  const scripts: string[] = [];
  const window: { analytics?: unknown } = {};
  const document = {
    createElement: () => ({}),
    head: { appendChild: ({ src }: { src: string }) => scripts.push(src) },
  };
  const snippet = browserSnippet({ writeKey, intakeUrl });
  const source = snippet.replace(/<\/?script>/g, "");
  const run = () => new Function("window", "document", source)(window, document);
  run();
  return { window, scripts, run, snippet, analytics: window.analytics as Early };
}
