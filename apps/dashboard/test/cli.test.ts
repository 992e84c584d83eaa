import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createSandbox } from "@customerio-router/customerio-sandbox";
import { startProcess } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { runCommand } from "../src/cli/connections/run-command.ts";
import { input, secretKey, startDashboard } from "./dashboard-for-tests.ts";

const apiKey = "track-key-1";

async function start() {
  const resources = new AsyncDisposableStack();
  const sandbox = await createSandbox({ region: "eu", keys: [{ siteId: "site-1", apiKey }] });
  resources.defer(() => sandbox.close());
  const trackUrl = await sandbox.start();
  const dashboard = resources.use(await startDashboard());
  const run = async (...args: string[]) => {
    const { redis, store } = dashboard;
    const lines: string[] = [];
    const print = (text: string) => void lines.push(text);
    await runCommand({ args, redis, store, allowCustomTrackUrl: true, apiKey, print });
    return lines.join("\n");
  };
  return { dashboard, trackUrl, run, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

test("connections are added, listed, tested, paused, resumed and removed on the command line", async () => {
  await using context = await start();
  const { dashboard, trackUrl, run } = context;
  const added = await run("add", "Shop", "--site-id", "site-1", "--track-url", trackUrl);
  const [connection] = await dashboard.store.list();
  expect(connection).toMatchObject({ name: "Shop", region: "eu" });
  expect(added).toBe(`Shop: made. Write key: ${connection?.writeKey}`);
  expect(await run("test", "shop")).toContain("Shop: The keys are valid.");
  expect(await run("pause", "Shop")).toBe("Shop: paused.");
  expect(await run("list")).toMatch(/Shop +c\w+ +eu +paused +0 +0/);
  expect(await run("resume", connection?.id ?? "")).toBe("Shop: resumed.");
  expect(JSON.parse(await run("list", "--json"))).toMatchObject([{ state: { state: "active" } }]);
  await expect(run("remove", "Shop")).rejects.toThrow("say so with --yes");
  expect(await run("remove", "Shop", "--yes")).toBe("Shop: removed.");
  expect(await dashboard.store.list()).toEqual([]);
});

test.each([
  [[], "a command is missing"],
  [["fly"], "no such command: fly"],
  [["list", "--api-key", "seen by all"], "--api-key"],
  [["add", "Other", "--region", "mars"], "--region is us or eu"],
  [["add", "shop", "--site-id", "site-1", "--region", "us"], "Another connection has this name."],
  [["pause", "Nobody"], 'there is no connection "Nobody"'],
])("%j is answered with what to mend", async (args, problem) => {
  await using context = await start();
  await context.dashboard.store.create(input());
  await expect(context.run(...args)).rejects.toThrow(problem);
});

test("F171 a write key of one's own comes from standard input, where nobody else on the machine sees it", async () => {
  await using dashboard = await startDashboard();
  const main = fileURLToPath(new URL("../src/cli/connections/main.ts", import.meta.url));
  const add = (name: string, writeKey: string) =>
    promisify(execFile)(
      "sh",
      [
        "-c",
        'printf "%s\\n" "$KEY" | exec node "$0" add "$1" --site-id site-1 --region us --write-key -',
        main,
        name,
      ],
      {
        env: {
          ...process.env,
          KEY: writeKey,
          REDIS_URL: dashboard.server.url,
          SECRET_KEY: secretKey,
          CUSTOMERIO_API_KEY: apiKey,
        },
      },
    );
  await add("Shop", "a-key-from-standard-input");
  expect(await dashboard.store.list()).toMatchObject([{ writeKey: "a-key-from-standard-input" }]);
  await expect(add("Other", "")).rejects.toThrow(
    "--write-key - reads the key from standard input, which is empty",
  );
  expect(await dashboard.store.list()).toHaveLength(1);
});

test("the command ends with 0, or with 1 and the reason without a stack", async () => {
  await using dashboard = await startDashboard();
  await dashboard.store.create(input());
  const list = async (url: string) => {
    await using command = await startProcess({
      entry: "apps/dashboard/src/cli/connections/main.ts",
      args: ["list"],
      env: { REDIS_URL: url, SECRET_KEY: secretKey },
    });
    return [(await command.exited).code, command.output];
  };
  expect(await list(dashboard.server.url)).toEqual([0, expect.stringContaining("Shop")]);
  expect(await list("redis://127.0.0.1:9")).toEqual([
    1,
    expect.stringMatching(/^npm run connections: Redis cannot be reached[^\n]*\n$/),
  ]);
});
