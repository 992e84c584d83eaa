import { createAlertStore, readHistory, readStates } from "@customerio-router/alerts";
import { findInFiles, type Received, startReceiver, startRedis, waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { destinationKeys } from "./destination.ts";
import { post } from "./send.ts";
import { openSystem, type System, secretKey } from "./system.ts";

type Told = {
  id: string;
  type: string;
  condition: string;
  summary: string;
  example: string;
  connections: string;
};

function toldBy(received: readonly Received[]): Told[] {
  return received.map(({ headers, body }) => {
    const { type, data } = JSON.parse(body);
    return { ...data, type, id: headers["webhook-id"] };
  });
}

/** Of a condition, by their ids: what was repeated counts once. */
function oncePerId(received: readonly Received[], condition: string): string[] {
  const of = toldBy(received).filter((told) => told.condition === condition);
  return [...new Map(of.map(({ id, type }) => [id, type])).values()];
}

async function openAlerts(system: System, url: string, settings: object = {}) {
  const store = createAlertStore({ redis: system.client, secretKey });
  const saved = await store.saveSettings({ holdMs: 1_000, off: ["redis-unsafe"], ...settings });
  const created = await store.createChannel({ kind: "webhook", name: "Pager", url });
  if (!saved.ok || !created.ok) throw new Error(JSON.stringify([saved, created]));
  return { store, channel: created.value };
}

test.concurrent("F233: the process that watches is killed between sending and noting it: the next one repeats it under the same id", async () => {
  await using receiver = await startReceiver();
  await using system = await openSystem();
  const [link] = system.links;
  if (!link) throw new Error("there is no connection");
  const { connection, destination } = link;
  await system.startIntake();
  const watching = await system.startWorker();
  await openAlerts(system, receiver.url, { dashboardUrl: "https://router.example.com" });
  destination.misbehave = () => ({ answer: { status: 401 } });
  receiver.answer = "silence";
  await post(link, "/v1/track", JSON.stringify({ userId: "u", event: "E", messageId: "the-example" }));
  await waitFor(() => receiver.received.length > 0, { what: "the alert to be sent", timeoutMs: 20_000 });
  await system.startWorker();
  await watching.process.kill("SIGKILL");
  receiver.answer = { status: 204 };
  await waitFor(() => receiver.received.length > 1, { what: "the repetition", timeoutMs: 20_000 });
  const [first, second] = toldBy(receiver.received);
  expect(second).toEqual(first);
  expect(first).toMatchObject({
    type: "alert.begun",
    condition: "keys-refused",
    connections: connection.name,
    messages: 1,
    example: "the-example",
    link: `https://router.example.com/connections/${connection.id}`,
  });
  destination.misbehave = () => undefined;
  await system.store.update(connection.id, destinationKeys);
  await waitFor(() => oncePerId(receiver.received, "keys-refused").length > 1, {
    what: "the end to be told",
    timeoutMs: 20_000,
  });
  expect(oncePerId(receiver.received, "keys-refused")).toEqual(["alert.begun", "alert.over"]);
});

test.concurrent("F234: every intake tells that Redis is away under one id, and the end is told once", async () => {
  await using receiver = await startReceiver();
  await using redis = await startRedis();
  await using system = await openSystem({ redis });
  await system.startWorker();
  const [first] = [await system.startIntake(), await system.startIntake({ INTAKE_PORT: "0" })];
  const { channel } = await openAlerts(system, receiver.url);
  await waitFor(async () => (await findInFiles(system.dataDir, [channel.id])).length >= 2, {
    what: "both intakes to know the channel",
  });
  await redis.kill("SIGKILL");
  const away = () => toldBy(receiver.received).filter(({ condition }) => condition === "redis-away");
  await waitFor(() => away().length === 2, { what: "both intakes to tell", timeoutMs: 20_000 });
  expect(new Set(away().map(({ id }) => id)).size).toBe(1);
  await first.process.kill("SIGKILL");
  await redis.restart();
  await waitFor(() => oncePerId(receiver.received, "redis-away").length > 1, {
    what: "the end to be told",
    timeoutMs: 20_000,
  });
  expect(oncePerId(receiver.received, "redis-away")).toEqual(["alert.begun", "alert.over"]);
  const history = await readHistory(system.client);
  expect(history.map(({ notice }) => [notice.condition, notice.event])).toEqual(
    expect.arrayContaining([
      ["redis-away", "over"],
      ["redis-away", "begun"],
    ]),
  );
});

test.concurrent("F235: with all workers gone an intake tells it, also to a receiver that is away at first", async () => {
  await using receiver = await startReceiver();
  await using system = await openSystem();
  await system.startIntake();
  const worker = await system.startWorker();
  receiver.answer = { status: 503 };
  const { store, channel } = await openAlerts(system, receiver.url);
  await worker.process.kill("SIGKILL");
  await waitFor(
    async () => {
      const [newest] = await readHistory(system.client);
      const [delivery] = newest?.deliveries ?? [];
      return delivery?.channelId === channel.id && delivery.delivery.why === "The receiver answers 503.";
    },
    { what: "the failed delivery to be shown", timeoutMs: 20_000 },
  );
  receiver.answer = { status: 204 };
  await waitFor(
    () => oncePerId(receiver.received, "no-worker").length === 1 && receiver.received.length > 1,
    {
      what: "the retry",
      timeoutMs: 20_000,
    },
  );
  // Silenced: not told, and told afterwards.
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const silence = await store.createSilence({ until, condition: "no-worker" });
  if (!silence.ok) throw new Error("not silenced");
  await system.startWorker();
  await waitFor(async () => (await readPhase(system)) === "over", { what: "its end", timeoutMs: 20_000 });
  expect(oncePerId(receiver.received, "no-worker")).toEqual(["alert.begun"]);
  await store.removeSilence(silence.value.id);
  await waitFor(() => oncePerId(receiver.received, "no-worker").length === 2, { what: "the end to be told" });
});

async function readPhase({ client }: System): Promise<string | undefined> {
  return (await readStates(client)).get("no-worker")?.phase;
}

test.concurrent("F238: Redis lost its data, alerts included: the intake tells it by what it remembers", async () => {
  await using receiver = await startReceiver();
  await using system = await openSystem();
  await system.startIntake();
  await system.startWorker();
  const { channel } = await openAlerts(system, receiver.url);
  await waitFor(async () => (await findInFiles(system.dataDir, [channel.id])).length > 0, {
    what: "the intake to know the channel",
  });
  await system.client.flushall();
  await waitFor(() => oncePerId(receiver.received, "redis-emptied").length > 0, {
    what: "the alert",
    timeoutMs: 20_000,
  });
  const [told] = toldBy(receiver.received);
  expect(told?.summary).toContain(system.links[0]?.connection.id);
});
