import { expect, test } from "vitest";
import { withBatchDefaults } from "../src/index.ts";

const item = {
  type: "track",
  context: { ip: "1.2.3.4", library: { name: "own" } },
  integrations: { All: true },
};

test("an item gets the batch's context and integrations, its own keys first", () => {
  const batch = {
    context: { library: { name: "batch" }, locale: "en" },
    integrations: { All: false, Mixpanel: false },
    batch: [item],
  };
  expect(withBatchDefaults(item, batch)).toStrictEqual({
    type: "track",
    context: { ip: "1.2.3.4", library: { name: "own" }, locale: "en" },
    integrations: { All: true, Mixpanel: false },
  });
});

test("an item without them gets the batch's", () => {
  const context = { locale: "en" };
  expect(withBatchDefaults({ type: "track", context: null }, { context })).toStrictEqual({
    type: "track",
    context,
  });
  expect(withBatchDefaults({ type: "track" }, { integrations: { All: false } })).toStrictEqual({
    type: "track",
    integrations: { All: false },
  });
});

test("an item of a batch without them is itself", () => {
  expect(withBatchDefaults(item, { batch: [item], context: "x", integrations: null })).toBe(item);
});

test("an item that is no object is itself", () => {
  expect(withBatchDefaults("x", { context: { locale: "en" } })).toBe("x");
  expect(withBatchDefaults(null, { context: { locale: "en" } })).toBe(null);
});

test("neither is changed", () => {
  const batch = { context: { locale: "en" } };
  const before = structuredClone([item, batch]);
  withBatchDefaults(item, batch);
  expect([item, batch]).toStrictEqual(before);
});
