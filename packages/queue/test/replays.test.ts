import { expect, test } from "vitest";
import { changeReplay, createBackend, forgetConnection, listReplays, startReplay } from "../src/index.ts";
import { id, openRedis } from "./open-queue.ts";

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
