import fc from "fast-check";
import { expect, test } from "vitest";
import { readJobData } from "../../src/index.ts";

const call = { type: "track", messageId: "m1", userId: "u", event: "E" };
const rejected = { reason: "no-user", message: "A user must be named.", field: "userId" };
const warnings = [{ code: "number-as-text", field: "traits.size" }];

test.each([
  { entries: [] },
  { entries: [{ message: call }] },
  { entries: [{ message: null }, { message: "text", cut: true, rejected }] },
  {
    entries: [{ message: call, salvaged: true, warnings, note: "mine" }],
    rejected: [{ message: call, rejected }],
  },
])("well-formed data is returned itself: %j", (data) => {
  expect(readJobData(data)).toBe(data);
});

test.each([call, null, 7, "text", [], [call], { rejected: [] }])("bare, %j is the message", (data) => {
  expect(readJobData(data)).toEqual({ entries: [{ message: data }] });
});

test.each([null, 7, "text", call, { message: call }])(
  "`entries` that is no array, %j, is the message",
  (entries) => {
    expect(readJobData({ entries })).toEqual({ entries: [{ message: entries }] });
  },
);

test.each([null, 7, "text", call, [], [call]])("an entry without `message`, %j, is the message", (entry) => {
  const data = { entries: [{ message: call }, entry] };
  expect(readJobData(data)).toEqual({ entries: [{ message: call }, { message: entry }] });
});

test.each([
  null,
  true,
  "no-user",
  [rejected],
  {},
  { reason: "no-user" },
  { message: "A user must be named." },
  { reason: 7, message: "A user must be named." },
  { reason: "no-user", message: { text: "A user must be named." } },
])("a rejection without a reason and a sentence, %j, is none", (broken) => {
  expect(readJobData({ entries: [{ message: call, rejected: broken }] })).toEqual({
    entries: [{ message: call }],
  });
});

test.each([null, 7, ["userId"]])(
  "of a rejection whose field is %j the reason and the sentence are kept",
  (field) => {
    expect(readJobData({ entries: [{ message: call, rejected: { ...rejected, field } }] })).toEqual({
      entries: [{ message: call, rejected: { reason: rejected.reason, message: rejected.message } }],
    });
  },
);

test("marks that are not well-formed are left out, and the others are kept", () => {
  const broken = [
    { message: call, cut: "yes", salvaged: true },
    { message: call, cut: true, salvaged: 1 },
    { message: call, warnings: "number-as-text", rejected },
    { message: call, warnings: [...warnings, null, { code: 7, field: "traits" }] },
  ];
  expect(readJobData({ entries: broken }).entries).toEqual([
    { message: call, salvaged: true },
    { message: call, cut: true },
    { message: call, rejected },
    { message: call, warnings },
  ]);
});

test("what was rejected before is read as the entries are", () => {
  const entries = [{ message: call }];
  expect(readJobData({ entries, rejected: null })).toEqual({ entries });
  expect(readJobData({ entries, rejected: [call, { message: call, rejected: 7 }] })).toEqual({
    entries,
    rejected: [{ message: call }, { message: call }],
  });
});

test("any JSON is read, to entries that are well-formed, and nothing of it is changed", () => {
  const mark = fc.oneof(fc.jsonValue(), fc.constant(true), fc.constant(rejected));
  const entry = fc.oneof(
    fc.jsonValue(),
    fc.record({ message: fc.jsonValue(), rejected: mark, cut: mark, warnings: mark }, { requiredKeys: [] }),
  );
  const entries = fc.oneof(fc.jsonValue(), fc.array(entry));
  const data = fc.oneof(fc.jsonValue(), fc.record({ entries, rejected: entries }, { requiredKeys: [] }));
  fc.assert(
    fc.property(data, (json) => {
      const before = structuredClone(json);
      const read = readJobData(json);
      expect(readJobData(read)).toBe(read);
      expect(json).toEqual(before);
    }),
  );
});

test("a replay's mark is kept while it is well-formed, since its id becomes part of a key", () => {
  const read = (replay: unknown) => readJobData({ entries: [{ message: 1, replay }] }).entries[0]?.replay;
  expect(read({ id: "r1", withState: true })).toEqual({ id: "r1", withState: true });
  for (const replay of [{ id: "r:1" }, { id: "" }, { id: 1 }, { id: "r1", withState: "yes" }, "r1"]) {
    expect(read(replay)).toBeUndefined();
  }
});
