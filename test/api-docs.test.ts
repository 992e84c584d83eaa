import { expect, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { destinationKeys, startDestination } from "./destination.ts";
import { startRouter } from "./router.ts";

test("the page of the API reads well without anything from outside, and calls can be tried out on it", async () => {
  await using destination = await startDestination();
  await using router = await startRouter({ trackUrl: destination.url, keys: destinationKeys });
  const browser = await launchChromium();
  await using opened = new AsyncDisposableStack();
  opened.defer(() => browser.close());
  const page = await browser.newPage();
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(router.intakeUrl)) {
      elsewhere.push(request.url());
    }
  });

  await page.goto(`${router.intakeUrl}/docs`);
  await page.getByText("/v1/track", { exact: true }).click();
  await page.getByRole("button", { name: "Try it out" }).click();
  await page
    .locator("textarea")
    .fill(JSON.stringify({ userId: "u1", event: "Tried out", writeKey: router.writeKey }));
  await page.getByRole("button", { name: "Execute" }).click();
  await page.locator(".live-responses-table").getByText('"success": true').waitFor();

  expect(complaints).toEqual([]);
  expect(elsewhere).toEqual([]);
});
