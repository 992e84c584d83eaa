import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { keys, startRouter } from "./router-for-tests.ts";

type View = { state: string; messagesWaiting: number; worker?: object; oldestWaitingAt?: string };

test.each(["SIGKILL", "SIGSTOP"] as const)(
  "F214 after a %s of the only worker page and API say no worker, and how many messages wait",
  async (signal) => {
    const apiToken = "api-token-of-the-test-of-states";
    await using router = await startRouter({ apiToken });
    const { dashboard, worker, send } = router;
    const saved = await dashboard.store.create({
      name: "Shop",
      ...keys,
      region: "us",
      trackUrl: router.trackUrl,
    });
    if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
    const { id, writeKey } = saved.connection;
    const operator = await dashboard.operator();
    const page = async () => (await operator.get("/")).text;
    const headers = { authorization: `Bearer ${apiToken}` };
    const read = async (): Promise<View> =>
      (await (await fetch(`${dashboard.url}/api/connections/${id}`, { headers })).json()) as View;
    await send(writeKey, "track", { userId: "u", event: "Before" });
    await waitFor(async () => (await read()).state === "active", { what: "delivery" });
    expect(await page()).toContain("Workers alive: 1");

    if (signal === "SIGKILL") await worker.kill(signal);
    else process.kill(worker.pid, signal);
    try {
      await send(writeKey, "track", { userId: "u", event: "After" });
      await waitFor(async () => (await read()).state === "no-worker", { what: "no worker" });
      await waitFor(async () => (await read()).messagesWaiting === 1, { what: "the message" });
      const { worker: owner, oldestWaitingAt } = await read();
      expect(owner).toBeUndefined();
      expect(Date.now() - Date.parse(oldestWaitingAt ?? "")).toBeLessThan(60_000);
      await waitFor(async () => (await page()).includes("Workers alive: 0"), { what: "the page" });
      expect(await page()).toContain("No worker");
      for (const url of [dashboard.url, router.intakeUrl]) {
        const readyz = await fetch(`${url}/readyz`);
        expect([readyz.status, await readyz.text()]).toEqual([
          200,
          expect.stringContaining("No worker is alive"),
        ]);
      }
    } finally {
      if (signal === "SIGSTOP") process.kill(worker.pid, "SIGCONT");
    }
  },
);
