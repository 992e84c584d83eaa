import { createSandbox } from "@customerio-router/customerio-sandbox";
import { startProcess } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { input, secretKey, startDashboard } from "./dashboard-for-tests.ts";

async function start() {
  const resources = new AsyncDisposableStack();
  const sandbox = await createSandbox({ region: "eu", keys: [{ siteId: "site-1", apiKey: "track-key-1" }] });
  resources.defer(() => sandbox.close());
  const trackUrl = await sandbox.start();
  const dashboard = resources.use(await startDashboard());
  const env = {
    REDIS_URL: dashboard.server.url,
    SECRET_KEY: secretKey,
    ALLOW_CUSTOM_TRACK_URL: "true",
    CUSTOMERIO_API_KEY: "track-key-1",
  };
  const run = async (args: string[], more: Record<string, string> = {}) => {
    await using command = await startProcess({
      entry: "apps/dashboard/src/cli/connections/main.ts",
      args,
      env: { ...env, ...more },
    });
    const { code } = await command.exited;
    return { code, output: command.output };
  };
  return { dashboard, trackUrl, run, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

test("connections are added, listed, tested, paused, resumed and removed on the command line", async () => {
  await using context = await start();
  const { dashboard, trackUrl, run } = context;
  const added = await run(["add", "Shop", "--site-id", "site-1", "--track-url", trackUrl]);
  const [connection] = await dashboard.store.list();
  expect(connection).toMatchObject({ name: "Shop", region: "eu" });
  expect(added).toEqual({ code: 0, output: `Shop: made. Write key: ${connection?.writeKey}\n` });
  expect((await run(["test", "shop"])).output).toContain("Shop: The keys are good.");
  expect((await run(["pause", "Shop"])).output).toBe("Shop: paused.\n");
  expect((await run(["list"])).output).toMatch(/Shop +c\w+ +eu +paused +0 +0/);
  expect((await run(["resume", connection?.id ?? ""])).output).toBe("Shop: resumed.\n");
  expect(JSON.parse((await run(["list", "--json"])).output)).toMatchObject([{ state: { state: "active" } }]);
  expect(await run(["remove", "Shop"])).toMatchObject({ code: 1, output: expect.stringContaining("--yes") });
  expect((await run(["remove", "Shop", "--yes"])).code).toBe(0);
  expect(await dashboard.store.list()).toEqual([]);
});

test("what is wrong on the command line is said in words, without the API key", async () => {
  await using context = await start();
  const { dashboard, run } = context;
  await dashboard.store.create(input());
  const problems = [
    [[], "a command is missing"],
    [["fly"], "no such command: fly"],
    [["add", "Other", "--region", "mars"], "--region is us or eu"],
    [["add", "shop", "--site-id", "site-1", "--region", "us"], "Another connection has this name."],
    [["pause", "Nobody"], 'there is no connection "Nobody"'],
  ] as const;
  for (const [args, problem] of problems) {
    const { code, output } = await run([...args]);
    expect(code).toBe(1);
    expect(output).toContain(problem);
    expect(output).not.toMatch(/track-key-1|\n {4}at /);
  }
  expect((await run(["list"], { REDIS_URL: "redis://127.0.0.1:9" })).output).toContain(
    "Redis cannot be reached",
  );
});
