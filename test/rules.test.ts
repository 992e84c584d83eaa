import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createConnectionStore } from "@customerio-router/connections";
import { findInFiles, findInRedis, startProcess, waitFor } from "@customerio-router/fixtures";
import { readLedger } from "@customerio-router/reports";
import { expect, onTestFinished, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { openInstallation } from "./installation.ts";

const rules = [
  { name: "No cards", on: true, if: "", then: { remove: "properties.card" } },
  { name: "No bots", on: false, if: 'message.userId == "bot"', then: { drop: true } },
];

/** Intake, worker and dashboard, with rules by API and by the command line. */
async function open() {
  const installation = await openInstallation();
  onTestFinished(() => installation[Symbol.asyncDispose]());
  const { client, env } = installation;
  const dashboardUrl = `http://127.0.0.1:${env.DASHBOARD_PORT}`;
  const secretKey = env.SECRET_KEY ?? "";
  const store = createConnectionStore({ redis: client, secretKey, allowCustomTrackUrl: true });
  const dashboard = await installation.start("dashboard");
  return {
    ...installation,
    store,
    dashboard,
    dashboardUrl,
    async rulesOf(connectionId: string): Promise<unknown> {
      const answer = await fetch(`${dashboardUrl}/api/connections/${connectionId}/rules`);
      return ((await answer.json()) as { rules: unknown }).rules;
    },
    async putRules(connectionId: string) {
      const answer = await fetch(`${dashboardUrl}/api/connections/${connectionId}/rules`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ version: 0, rules }),
      });
      expect(answer.status).toBe(200);
    },
    async runCli(args: string[]) {
      await using command = await startProcess({ entry: "apps/cli/src/main.ts", args, env });
      const { code } = await command.exited;
      expect(code, command.output).toBe(0);
    },
  };
}

test("rules by page, API, command line and file are one list", async () => {
  const { env, connection, store, rulesOf, putRules, runCli, dashboardUrl } = await open();
  const { siteId, region } = connection;
  const make = async (name: string) => {
    const saved = await store.create({ name, siteId, apiKey: "key", region });
    if (!saved.ok) throw new Error(JSON.stringify(saved.problems));
    return saved.connection.id;
  };
  await putRules(connection.id);

  const byCommand = await make("By command");
  const list = join(env.DATA_DIR ?? "", "rules.json");
  await writeFile(list, JSON.stringify({ rules }));
  await runCli(["rules", "apply", list, "By command"]);

  const byFile = await make("By file");
  const file = join(env.DATA_DIR ?? "", "router.yaml");
  await writeFile(file, JSON.stringify({ connections: [{ name: "By file", siteId, rules }] }));
  await runCli(["config", "apply", file, "--no-check"]);

  const byPage = await make("By page");
  await using browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(`${dashboardUrl}/connections/${byPage}/rules`);
  await page.getByRole("button", { name: "Add a rule", exact: true }).click();
  await page.getByLabel("Name").fill("No cards");
  await page.getByLabel("Action").selectOption("Remove a field");
  await page.getByLabel("Field").fill("properties.card");
  await page.getByRole("button", { name: "Add a rule", exact: true }).click();
  await page.getByLabel("Name").nth(1).fill("No bots");
  await page.getByLabel("On", { exact: true }).nth(1).uncheck();
  await page.getByLabel("Condition").nth(1).fill('message.userId == "bot"');
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved.").waitFor();

  for (const id of [connection.id, byCommand, byFile, byPage]) expect(await rulesOf(id)).toEqual(rules);
});

test("F259 a card number that a rule removes is in no key, file, log or page, whatever becomes of its message", async () => {
  const card = "4929123412341234";
  const { client, env, connection, start, putRules, dashboard, dashboardUrl } = await open();
  await putRules(connection.id);
  const [intake, worker] = [await start("intake"), await start("worker")];
  const send = (body: string) =>
    fetch(`http://127.0.0.1:${env.INTAKE_PORT}/v1/batch?writeKey=${connection.writeKey}`, {
      method: "POST",
      body,
    });
  const track = (messageId: string, more: object = {}) => ({
    ...{ type: "track", messageId, userId: "ann", event: "Paid", properties: { card } },
    ...more,
  });
  expect(
    (await send(JSON.stringify({ batch: [track("m1"), track("m2", { type: "unknown" })] }))).status,
  ).toBe(200);
  expect((await send(`{"batch":[${JSON.stringify(track("m3"))},{"properties":{"card":"${card}`)).status).toBe(
    200,
  );
  expect((await send(JSON.stringify({ card, properties: { card } }))).status).toBe(400);
  const total = async () => (await readLedger(client, connection.id, { by: "day" })).total;
  await waitFor(async () => (await total()).delivered === 2 && (await total()).rejected >= 1, {
    what: "outcomes",
  });
  await waitFor(async () => (await findInRedis(client, ["not-a-batch"])).length > 0, {
    what: "the refused call",
  });

  expect(await findInRedis(client, [card])).toEqual([]);
  expect(await findInFiles(env.DATA_DIR ?? "", [card])).toEqual([]);
  for (const { output } of [intake, worker, dashboard]) expect(output).not.toContain(card);
  const paths = [
    "/messages",
    "/failed",
    "/refused",
    "/delivery",
    "/overview",
    `/connections/${connection.id}/rules`,
  ];
  for (const id of ["m1", "m2", "m3"])
    paths.push(`/message?connection=${connection.id}&id=${id}`, `/api/messages/${id}`);
  for (const path of [...paths, "/api/refused", "/queues/api/queues"]) {
    const answer = await fetch(`${dashboardUrl}${path}`);
    expect(answer.status, path).toBe(200);
    expect(await answer.text(), path).not.toContain(card);
  }
});
