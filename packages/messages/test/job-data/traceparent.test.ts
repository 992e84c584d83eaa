import { expect, test } from "vitest";
import { readJobData, redactEntry } from "../../src/index.ts";

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const message = { type: "track", messageId: "m1", userId: "ann", event: "Clicked" };

test("a message keeps the traceparent it came with, until its person is erased", () => {
  const data = { entries: [{ message, traceparent }] };
  expect(readJobData(data)).toBe(data);
  expect(JSON.stringify(redactEntry({ message, traceparent }, ["id:ann"]))).not.toContain(traceparent);
});

test.each([
  ["of another version", traceparent.replace("00-", "01-")],
  ["without a trace", `00-${"0".repeat(32)}-00f067aa0ba902b7-01`],
  ["of more text", `${traceparent}-ann@example.com`],
  ["that is no text", 7],
])("a traceparent %s is left out, and the message stays", (_, wrong) => {
  expect(readJobData({ entries: [{ message, traceparent: wrong }] })).toEqual({ entries: [{ message }] });
});
