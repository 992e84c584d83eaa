import { expect, test } from "vitest";
import { requestsDue, type SendState, untilDueMs } from "../src/delivery/send/next-request.ts";

/** Three requests would be full, and all of them may go. */
const idle: SendState = {
  isHeld: false,
  slotsLeft: 4,
  mayGo: true,
  pauseMs: 0,
  readyCount: 30,
  batchOperations: 10,
  lingerMs: 0,
};
const never = Number.POSITIVE_INFINITY;

test.each<[string, Partial<SendState>, number]>([
  ["at once where a request would be full", { lingerMs: 20 }, 0],
  ["once the foremost operation has lingered where none would be full", { readyCount: 9, lingerMs: 20 }, 20],
  ["at once where it has lingered longer than it need", { readyCount: 9, lingerMs: -5 }, 0],
  ["after a pause, although requests would be full", { pauseMs: 700 }, 700],
  ["after a pause, however long it lingers", { pauseMs: 700, readyCount: 1, lingerMs: 900 }, 700],
  ["at once after a pause that is over", { pauseMs: -3 }, 0],
  ["in a second at the earliest while somebody else may own the connection", { mayGo: false }, 1_000],
  ["a second later again although a pause ends before", { mayGo: false, pauseMs: 10 }, 1_000],
  ["not before a change where nothing is ready", { readyCount: 0 }, never],
  [
    "not before a change where nothing is ready, after a pause as well",
    { readyCount: 0, pauseMs: 10 },
    never,
  ],
  ["not before a reply while as many as may be are in flight", { slotsLeft: 0 }, never],
  ["not before a reply where fewer may be in flight since", { slotsLeft: -3 }, never],
  ["not before it is resumed while it is on hold", { isHeld: true }, never],
  ["not before it is resumed, although somebody else may own it", { isHeld: true, mayGo: false }, never],
])("the next request is due %s", (_, state, ms) => {
  expect(untilDueMs({ ...idle, ...state })).toBe(ms);
});

test.each<[string, Partial<SendState>, number]>([
  ["every one that would be full", {}, 3],
  ["no more of them than may be in flight", { slotsLeft: 2 }, 2],
  ["one that is not full where none would be", { readyCount: 9 }, 1],
  ["the full ones without what is left over", { readyCount: 25 }, 2],
])("when one is due, there go %s", (_, state, requests) => {
  expect(requestsDue({ ...idle, ...state })).toBe(requests);
});
