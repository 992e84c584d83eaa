import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openSandbox } from "./open-sandbox.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test("every fault of the README is one", async () => {
  const { setFaults } = await openSandbox();
  const faults = [...readme.matchAll(/\| `(\{.+\})` \|/g)].map(([, fault]) => JSON.parse(fault ?? ""));
  expect(faults).toHaveLength(13);
  for (const fault of faults) expect(await setFaults(fault)).toMatchObject({ status: 200 });
});

test("the README's curl line does what it says", async () => {
  const { send } = await openSandbox();
  const [, body] = /curl -X PUT \S+\/api\/faults -d '(.+)'/.exec(readme) ?? [];
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  expect((await send("PUT", "/api/faults", body, headers)).status).toBe(200);
});

test("every route of the README answers", async () => {
  const { send } = await openSandbox();
  const routes = [...readme.matchAll(/`(GET|DELETE) (\/api\/[\w/:]+)`/g)];
  expect(routes).toHaveLength(9);
  for (const [, method = "", path = ""] of routes) {
    expect([path, (await send(method, path.replace("/:id", ""))).status]).toEqual([
      path,
      method === "GET" ? 200 : 204,
    ]);
  }
});
