import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { startRepeating } from "../src/index.ts";

test("work is repeated, never twice at once, until it is disposed", async () => {
  let begun = 0;
  let finish = () => {};
  const repeating = startRepeating(1, () => {
    begun += 1;
    return new Promise<void>((resolve) => {
      finish = resolve;
    });
  });
  await waitFor(() => begun === 1, { what: "the first round" });
  await delay(30);
  expect(begun).toBe(1);
  finish();
  await waitFor(() => begun === 2, { what: "the second round" });
  repeating[Symbol.dispose]();
  finish();
  await delay(30);
  expect(begun).toBe(2);
});
