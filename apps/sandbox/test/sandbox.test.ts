import { startProcess } from "@customerio-router/fixtures";
import { expect, test } from "vitest";

async function startSandbox(env: Record<string, string> = {}) {
  const child = await startProcess({
    entry: "apps/sandbox/src/main.ts",
    env: { SANDBOX_PORT: "0", ...env },
    ready: /"msg":"listening"/,
  });
  const { url } = JSON.parse(
    child.output.split("\n").find((line) => line.includes('"msg":"listening"')) ?? "",
  );
  return { child, url: String(url) };
}

function region(url: string, keys: string): Promise<Response> {
  const headers = { authorization: `Basic ${Buffer.from(keys).toString("base64")}` };
  return fetch(`${url}/api/v1/accounts/region`, { headers });
}

test("the sandbox runs from its environment, says where in one line, and stops cleanly", async () => {
  const { child, url } = await startSandbox({
    SANDBOX_SITE_ID: "site",
    SANDBOX_API_KEY: "key-nobody-may-read",
  });
  await using _ = child;
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await region(url, "site:key-nobody-may-read")).status).toBe(200);
  expect((await region(url, "site:wrong")).status).toBe(401);
  expect((await fetch(url)).headers.get("content-type")).toContain("text/html");
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);

  expect(await child.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  expect(child.output).not.toContain("key-nobody-may-read");
});

test("a bad environment is told in full, and nothing is started", async () => {
  const child = await startProcess({
    entry: "apps/sandbox/src/main.ts",
    env: { SANDBOX_PORT: "many", LOG_LEVEL: "loud" },
  });
  await using _ = child;
  expect(await child.exited).toEqual({ code: 1, signal: null });
  expect(child.output).toContain("SANDBOX_PORT");
  expect(child.output).toContain("LOG_LEVEL");
});
