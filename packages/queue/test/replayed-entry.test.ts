import { expect, test } from "vitest";
import { toReplayedEntry } from "../src/index.ts";

test("a replayed message keeps the traceparent it came with", () => {
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const message = { type: "track", messageId: "m1", userId: "ann", event: "Clicked" };
  const line = { messageId: "m1", message, settledAt: "2026-01-01T00:00:00.000Z", traceparent };
  const replay = { id: "r1", filter: {}, withState: false, asNew: false, createdAtMs: Date.now() };
  expect(toReplayedEntry(line, replay, Date.now())).toMatchObject({ entry: { traceparent } });
  expect(toReplayedEntry({ ...line, traceparent: "ann" }, replay, Date.now())).not.toHaveProperty(
    "entry.traceparent",
  );
});

test("a line settled after the replay was started is left out, but not what a shadow took while it went live", () => {
  const nowMs = Date.now();
  const message = { type: "track", messageId: "m1", userId: "ann", event: "Clicked" };
  const line = { messageId: "m1", message, settledAt: new Date(nowMs + 500).toISOString() };
  const replay = { id: "r1", filter: {}, withState: true, asNew: false, createdAtMs: nowMs };
  expect(toReplayedEntry(line, replay, nowMs)).toEqual({ leftOut: "later" });
  const ofShadow = { ...replay, filter: { reason: "shadow" } };
  expect(toReplayedEntry(line, ofShadow, nowMs)).toMatchObject({ entry: { message } });
});
