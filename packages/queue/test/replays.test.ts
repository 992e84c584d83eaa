import { expect, test } from "vitest";
import {
  changeReplay,
  createBackend,
  forgetConnection,
  listReplays,
  type Replay,
  readReplay,
  redactReplays,
  runReplay,
  startReplay,
} from "../src/index.ts";
import { addPortion } from "../src/replay/add-portion.ts";
import { id, openRedis, own } from "./open-queue.ts";

const wish = { sourceId: id, filter: {}, withState: false, asNew: false, startedBy: "a test" };

test("of more than 100 replays the oldest that have ended are forgotten, and nothing is left with the connection", async () => {
  const redis = await openRedis();
  const first = await startReplay(redis, id, wish);
  for (let number = 0; number < 103; number++) {
    await changeReplay(redis, await startReplay(redis, id, wish), "cancel");
  }
  const replays = await listReplays(redis, id);
  // The one that still runs, and the newest 100.
  expect(replays).toHaveLength(101);
  expect(replays.at(-1)).toMatchObject({ id: first.id, state: "running" });
  expect(await redis.keys(`customerio-router:replay:{${id}}:*`)).toHaveLength(101);
  await forgetConnection({ redis, backend: createBackend(redis), connectionId: id });
  expect(await redis.keys("*replay*")).toEqual([]);
});

test("a portion is added once, however often and by whomever it is added behind the same line", async () => {
  const redis = await openRedis();
  const replay = await startReplay(redis, id, wish);
  const entries = [
    { message: { type: "track", messageId: "m1", userId: "u", event: "E" }, replay: { id: replay.id } },
  ];
  const portion = {
    after: "",
    erasures: 0,
    cursor: "line 1",
    lines: 2,
    entries,
    leftOut: new Map([["erased" as const, 1]]),
  };
  expect(await addPortion(redis, replay, portion)).toBe("added");
  expect(await addPortion(redis, replay, portion)).toBe("moved");
  expect(
    await addPortion(redis, { ...replay, token: "a former owner" }, { ...portion, after: "line 1" }),
  ).toBe("fenced");
  await changeReplay(redis, replay, "pause");
  expect(await addPortion(redis, replay, { ...portion, after: "line 1" })).toBe("stopped");
  expect(await readReplay(redis, id, replay.id)).toMatchObject({
    cursor: "line 1",
    read: 2,
    added: 1,
    leftOut: { erased: 1 },
  });
  expect(await createBackend(redis).queue(id).getWaitingCount()).toBe(1);
});

test("a replay of a person who is erased is cancelled, and no longer says whom it is of", async () => {
  const redis = await openRedis();
  const { lease } = await own(redis);
  const ofPerson = (person: string) => startReplay(redis, id, { ...wish, filter: { person } });
  const [erased, other] = [await ofPerson("id:ann"), await ofPerson("id:bob")];
  await redactReplays(redis, lease, (person) => person === "id:ann");
  expect(await readReplay(redis, id, erased.id)).toMatchObject({ state: "cancelled" });
  expect(JSON.stringify(await redis.hgetall(`customerio-router:replay:{${id}}:${erased.id}`))).not.toContain(
    "ann",
  );
  expect(await readReplay(redis, id, other.id)).toMatchObject({
    state: "running",
    filter: { person: "id:bob" },
  });
});

const lineOf = (userId: string) => ({
  messageId: `m-${userId}`,
  settledAt: "2026-01-01T00:00:00Z",
  message: { type: "track", messageId: `m-${userId}`, userId, event: "E" },
});

/** Runs until the first portion is added. `stored` are the people whom Redis knows as erased. */
async function runOnce(
  redis: Awaited<ReturnType<typeof openRedis>>,
  replay: Replay,
  { stored, whileReading = async () => {} }: { stored: Set<string>; whileReading?: () => Promise<void> },
) {
  let known = new Set<string>();
  let isAdded = false;
  await runReplay({
    redis,
    replay,
    people: {
      pass: (_, entry) =>
        known.has((entry.message as { userId: string }).userId) ? { ...entry, erased: true } : entry,
      refresh: async () => {
        known = new Set(stored);
      },
    },
    limits: () => ({ limiter: { max: 100, duration: 1000 }, batchOperations: 100 }),
    async *read() {
      yield { line: lineOf("ann"), cursor: "line 1" };
      await whileReading();
      yield { line: lineOf("bob"), cursor: "line 2" };
    },
    mayGo: () => !isAdded,
    wait: async () => {
      isAdded = true;
    },
  });
  const jobs = await createBackend(redis).queue(id).getWaiting();
  return jobs.flatMap((job) => job.data.entries.map(({ message }) => (message as { userId: string }).userId));
}

test("F203 a line whose person is erased in the target is not added, and counted", async () => {
  const redis = await openRedis();
  const replay = await startReplay(redis, id, wish);
  expect(await runOnce(redis, replay, { stored: new Set(["ann"]) })).toEqual(["bob"]);
  expect(await readReplay(redis, id, replay.id)).toMatchObject({ read: 2, added: 1, leftOut: { erased: 1 } });
});

test("F204 what a replay had read before an erasure is read again, and not added", async () => {
  const redis = await openRedis();
  const { lease } = await own(redis);
  const replay = await startReplay(redis, id, wish);
  const stored = new Set<string>();
  const whileReading = async () => {
    if (stored.has("ann")) return;
    stored.add("ann");
    await redactReplays(redis, lease, () => false);
  };
  expect(await runOnce(redis, replay, { stored, whileReading })).toEqual(["bob"]);
  expect(await readReplay(redis, id, replay.id)).toMatchObject({ read: 2, added: 1, leftOut: { erased: 1 } });
});

test("F206 an erasure forgets the places of replays that have ended, and leaves those of the others", async () => {
  const redis = await openRedis();
  const { lease } = await own(redis);
  const replays = [await startReplay(redis, id, wish), await startReplay(redis, id, wish)] as const;
  for (const replay of replays) {
    const portion = { after: "", erasures: 0, cursor: "line 1", lines: 1, entries: [], leftOut: new Map() };
    expect(await addPortion(redis, replay, portion)).toBe("added");
  }
  await changeReplay(redis, replays[0], "cancel");
  await redactReplays(redis, lease, () => false);
  expect(await readReplay(redis, id, replays[0].id)).toMatchObject({ state: "cancelled", cursor: "" });
  expect(await readReplay(redis, id, replays[1].id)).toMatchObject({ state: "running", cursor: "line 1" });
});
