import { expect, test } from "vitest";
import {
  changeReplay,
  createBackend,
  forgetConnection,
  listReplays,
  readReplay,
  redactReplays,
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
