import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { destinationKeys, startDestination } from "./destination.ts";
import { startRouter } from "./router.ts";
import { post } from "./send.ts";

test("intake and worker, by environment alone, deliver to a stand-in of someone else's making", async () => {
  await using destination = await startDestination();
  await using router = await startRouter({ trackUrl: destination.url, keys: destinationKeys });

  const calls = [
    ["/v1/identify", { userId: "userId123", traits: { email: "john.doe@example.com" } }],
    ["/v1/track", { userId: "userId123", event: "Clicked Button" }],
    ["/v1/page", { userId: "userId123", name: "Home" }],
    ["/v1/page", { userId: "userId123", properties: { url: "https://example.com/pricing" } }],
  ] as const;
  for (const [path, call] of calls) {
    const answer = await post(router, path, JSON.stringify(call));
    expect([answer.status, await answer.json()]).toEqual([200, { success: true }]);
  }

  const { arrived } = destination;
  await waitFor(() => arrived.length >= calls.length, {
    what: () => `4 operations, not ${arrived.length}; ${router.worker.output}`,
  });
  expect(arrived).toMatchObject([
    { action: "identify", identifiers: { id: "userId123" }, attributes: { email: "john.doe@example.com" } },
    { action: "event", identifiers: { id: "userId123" }, name: "Clicked Button" },
    { action: "page", identifiers: { id: "userId123" }, name: "Home" },
    { action: "page", identifiers: { id: "userId123" }, name: "https://example.com/pricing" },
  ]);
});

test("SIGTERM ends intake and worker with exit code 0", async () => {
  await using destination = await startDestination();
  await using router = await startRouter({ trackUrl: destination.url, keys: destinationKeys });
  expect(await router.intake.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  expect(await router.worker.kill("SIGTERM")).toEqual({ code: 0, signal: null });
});
