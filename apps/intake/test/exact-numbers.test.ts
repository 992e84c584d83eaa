import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { errorOf, redisForTests, startIntake } from "./intake-for-tests.ts";

const redis = redisForTests();

test("F161 two ids that one double would stand for stay two people, alone and in a batch", async () => {
  await using intake = await startIntake(redis.server);
  await intake.post("/v1/identify", '{"userId":9007199254740992}');
  await intake.post("/v1/batch", '{"batch":[{"type":"identify","userId":9007199254740993}]}');
  const ids = (await intake.entries()).map(({ message }) => (message as { userId: unknown }).userId);
  expect(ids).toEqual(["9007199254740992", "9007199254740993"]);
});

test("F162 two messageIds that one double would stand for are no copies of each other", async () => {
  await using intake = await startIntake(redis.server);
  for (const messageId of ["9007199254740992", "9007199254740993"]) {
    const answer = await intake.post("/v1/track", `{"userId":"u","event":"E","messageId":${messageId}}`);
    expect(answer.status).toBe(200);
  }
  const ids = (await intake.entries()).map(({ message }) => (message as { messageId: unknown }).messageId);
  expect(ids).toEqual(["9007199254740992", "9007199254740993"]);
});

test("F163 a number beyond a double's range is left out and told of, so that it clears no attribute", async () => {
  await using intake = await startIntake(redis.server);
  await intake.post("/v1/identify", '{"userId":"u","traits":{"score":1e400,"plan":"pro"}}');
  await intake.post("/v1/batch", '{"batch":[{"type":"identify","userId":"u","traits":{"score":1e400}}]}');
  const [alone, inBatch] = await intake.entries();
  expect(alone).toMatchObject({ warnings: [{ code: "number-out-of-range", field: "traits.score" }] });
  expect(alone?.message).toHaveProperty("traits", { plan: "pro" });
  expect(inBatch).toMatchObject({ warnings: [{ code: "number-out-of-range", field: "traits.score" }] });
});

test("F174 large numbers in each of thousands of messages of a corrupt body cost no more than their reading", async () => {
  await using intake = await startIntake(redis.server);
  const members = Array.from({ length: 100 }, (_, index) => `"m${index}":{"x":${index}}`);
  const one = `{"type":"track","userId":"u","event":"E","properties":{"order":12345678901234567890,${members}}}`;
  const body = `{"batch":[${new Array(2_400).fill(one)}],"context":{"size":12345678901234567890},`;
  // Each message was once looked through for each other one: it took minutes, and the intake did nothing else.
  expect([200, 429]).toContain((await intake.post("/v1/batch", body)).status);
  const entries = await waitFor(
    async () => {
      const kept = await intake.entries();
      return kept.length === 2_400 ? kept : undefined;
    },
    { what: "all to be kept" },
  );
  for (const entry of [entries[0], entries[2_399]]) {
    expect(entry?.warnings).toEqual([
      { code: "number-as-text", field: "properties.order" },
      { code: "number-as-text", field: "context.size" },
    ]);
  }
});

test("F164 a large number nested thousands of levels deep is refused in words, and the intake goes on", async () => {
  await using intake = await startIntake(redis.server);
  const deep = `{"userId":"u","event":"E","properties":{"a":${"[".repeat(50_000)}9007199254740993${"]".repeat(50_000)}}}`;
  const answer = await intake.post("/v1/track", deep);
  expect(answer.status).toBe(400);
  expect(errorOf(answer)).toMatchObject({
    reason: "malformed-json",
    message: expect.stringContaining("write that number as text"),
  });
  expect((await intake.post("/v1/track", { userId: "u", event: "E" })).status).toBe(200);
});

test("F165 a time of no value gives way to the original one, in SQL's way of writing, and that is told", async () => {
  await using intake = await startIntake(redis.server);
  const originalTimestamp = "2018-03-04 12:08:56";
  for (const timestamp of ["1970-01-01T00:00:00.000+00:00", "0001-01-01T00:00:00Z", 0]) {
    await intake.post("/v1/track", { userId: "u", event: "E", timestamp, originalTimestamp });
  }
  const entries = await intake.entries();
  expect(entries).toHaveLength(3);
  for (const { message, warnings } of entries) {
    expect(message).toMatchObject({ timestamp: originalTimestamp, originalTimestamp });
    expect(warnings).toEqual([{ code: "timestamp-invalid", field: "timestamp" }]);
  }
});
