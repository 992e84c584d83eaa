import { type ArchivedMessage, openArchive, writeLine } from "@customerio-router/archive";
import { createRuleStore } from "@customerio-router/connections";
import { temporaryFolder } from "@customerio-router/fixtures";
import { listReplays } from "@customerio-router/queue";
import { holdArchiveMark } from "@customerio-router/reports";
import { expect, onTestFinished, test } from "vitest";
import { input, startDashboard } from "./dashboard-for-tests.ts";

const readOnlyPassword = "only to look at it, please";

function line(messageId: string, more: Partial<ArchivedMessage> = {}): Parameters<typeof writeLine>[0] {
  const at = "2026-01-02T03:00:00.000Z";
  return {
    messageId,
    receivedAt: at,
    settledAt: at,
    outcome: "rejected",
    requests: 1,
    attempts: [],
    operations: [],
    ulids: [],
    jobId: "g7",
    message: {
      type: "track",
      messageId,
      userId: "ada@example.com",
      event: "Bought by bob@example.com",
      timestamp: at,
    },
    ...more,
  };
}

async function start({ maskPersonalData = false, hasArchive = true } = {}) {
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const archive = await openArchive({ url: "file:", dataDir: folder.path, onWarning: () => {} });
  if (!archive) throw new Error("it is off");
  const dashboard = await startDashboard({
    readOnlyPassword,
    maskPersonalData,
    archive: hasArchive ? archive : undefined,
  });
  onTestFinished(() => dashboard[Symbol.asyncDispose]());
  const { id } = await dashboard.store.ensure(input());
  await holdArchiveMark(dashboard.redis, await archive.ensureMark("ours"));
  const alias = { type: "alias", messageId: "m3", userId: "secret-person", previousId: "other-person" };
  const lines = [
    line("m1"),
    line("m2", { operations: [{ type: "person", action: "event", name: "Sent Then" }] }),
    line("m3", { message: alias }),
  ];
  await archive.writeCut(id, { first: 1, last: 3 }, [lines.map(writeLine)], { mayWrite: () => true });
  const operator = await dashboard.operator();
  return { dashboard, id, operator, replays: () => listReplays(dashboard.redis, id) };
}

test("the dry run shows counts, examples and differences; a replay is started, paused, resumed and cancelled", async () => {
  const { id, operator, replays } = await start();
  const dryRun = await operator.get(
    `/replay/dry-run?connection=${id}&from=2026-01-02&to=2026-01-02&outcome=rejected`,
  );
  expect(dryRun.status).toBe(200);
  expect(dryRun.text).toContain("3 messages of Shop");
  expect(dryRun.text).toContain("would turn state back");
  expect(dryRun.text).toContain("1 are mapped otherwise today");
  expect(dryRun.text).toContain("Sent Then");
  expect(dryRun.text).toContain("email:ada@example.com");
  expect(await replays()).toEqual([]);
  const fields = { connection: id, from: "2026-01-02", to: "2026-01-02", outcome: "rejected", expected: "3" };
  expect(await operator.submit("/replay/start", { ...fields, asNew: "on" })).toMatchObject({
    status: 303,
    location: "/replay",
  });
  const [replay] = await replays();
  expect(replay).toMatchObject({
    ...{ state: "running", sourceId: id, withState: false, asNew: true, expected: 3, startedBy: "dashboard" },
    filter: { fromMs: Date.UTC(2026, 0, 2), toMs: Date.UTC(2026, 0, 3), outcome: "rejected" },
  });
  const change = (name: string) =>
    operator.submit("/replay/change", { connection: id, id: replay?.id ?? "", change: name });
  for (const [name, state] of [
    ["pause", "paused"],
    ["resume", "running"],
    ["cancel", "cancelled"],
  ] as const) {
    expect((await change(name)).status).toBe(303);
    expect((await replays())[0]?.state).toBe(state);
    expect((await operator.get("/replay")).text).toContain(state);
  }
  expect((await change("explode")).status).toBe(400);
  expect((await operator.get("/replay/dry-run?connection=unknown")).status).toBe(404);
  expect((await operator.get(`/replay/dry-run?connection=${id}&person=ada`)).status).toBe(400);
});

test("who may only look sees replays and dry runs, and changes nothing; a stranger sees neither", async () => {
  const { dashboard, id, replays } = await start();
  const reader = dashboard.visitor();
  await reader.submit("/login", { password: readOnlyPassword });
  const { text } = await reader.get(`/replay/dry-run?connection=${id}`);
  expect(text).toContain("3 messages of Shop");
  expect(text).not.toContain("Start the replay");
  expect((await reader.submit("/replay/start", { connection: id })).status).toBe(403);
  expect((await dashboard.visitor().submit("/replay/start", { connection: id })).status).toBe(401);
  expect(await replays()).toEqual([]);
});

test("masked, neither examples nor differences nor filters say who it is", async () => {
  const { id, operator } = await start({ maskPersonalData: true });
  const { text } = await operator.get(`/replay/dry-run?connection=${id}`);
  expect(text).toContain("Bought");
  expect(text).not.toContain("ada@example.com");
  expect(text).toContain("track Bought by bo•••");
  expect(text).not.toContain("secret-person");
  await operator.submit("/replay/start", { connection: id, person: "id:secret-person" });
  expect((await operator.get("/replay")).text).not.toContain("secret-person");
});

test("without the workers' archive the page says so instead of a dry run", async () => {
  const { id, operator } = await start({ hasArchive: false });
  const { status, text } = await operator.get(`/replay/dry-run?connection=${id}`);
  expect([status, text]).toEqual([409, expect.stringContaining("does not see the workers&#39; archive")]);
});

test("the dry run runs the target's rules first", async () => {
  const { dashboard, id, operator } = await start();
  const rules = [{ name: "No Ada", if: 'message.userId == "ada@example.com"', then: { drop: true } }];
  await createRuleStore({ redis: dashboard.redis }).put(id, { version: 0, rules });
  const dryRun = await operator.get(`/replay/dry-run?connection=${id}`);
  expect(dryRun.text).toContain("rule: No Ada");
});
