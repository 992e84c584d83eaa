import fc from "fast-check";
import { expect, test } from "vitest";
import { changeJobData, readJobData } from "../../src/index.ts";

test("messages are changed where they stand, and all else keeps its shape", () => {
  const message = () => "changed";
  const rejected = { reason: "r", message: "m" };
  expect(changeJobData({ type: "track" }, { message })).toBe("changed");
  expect(changeJobData({ entries: "no" }, { message })).toEqual({ entries: "changed" });
  expect(
    changeJobData(
      { entries: [{ message: 1, rejected }, { type: "track" }], rejected: [{ message: 2 }], note: 3 },
      { message },
    ),
  ).toEqual({
    entries: [{ message: "changed", rejected }, "changed"],
    rejected: [{ message: "changed" }],
    note: 3,
  });
});

test("what stands beside the messages can be changed by its name", () => {
  const other = (name: string, value: unknown) => `${name}: ${JSON.stringify(value)}`;
  const data = { entries: [{ message: 1, cut: true }], note: "n" };
  expect(changeJobData(data, { message: (message) => message, other })).toEqual({
    entries: [{ message: 1, cut: "cut: true" }],
    note: 'note: "n"',
  });
});

test("the messages that are changed are those that are read", () => {
  const entries = fc.oneof(
    fc.jsonValue(),
    fc.array(fc.oneof(fc.jsonValue(), fc.record({ message: fc.jsonValue() }))),
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ entries })), (data) => {
      const seen: unknown[] = [];
      changeJobData(data, { message: (message) => seen.push(message) });
      expect(seen).toEqual(readJobData(data).entries.map(({ message }) => message));
    }),
  );
});
