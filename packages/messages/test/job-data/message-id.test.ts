import { expect, test } from "vitest";
import { messageIdOf } from "../../src/index.ts";

test.each([
  [{ messageId: "m1" }, "m1"],
  [{ messageId: 7 }, "7"],
  [{ messageId: " " }, ""],
  [{ messageId: { toString: 1 } }, ""],
  [{}, ""],
  [null, ""],
  ["m1", ""],
])("the id of %j is %j", (message, messageId) => {
  expect(messageIdOf(message)).toBe(messageId);
});
