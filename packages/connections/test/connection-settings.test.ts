import { expect, test } from "vitest";
import { connectionSettings, deliverySettings, listSettings } from "../src/index.ts";

test("every setting has a default", () => {
  expect(connectionSettings.parse({})).toMatchObject({
    identifyBy: "id-or-email",
    anonymousEvents: "skip",
    maxTraitsPerIdentify: 30,
    limiter: { max: 100, duration: 1_000 },
    attempts: 8,
    inFlight: 8,
    batchOperations: 500,
    batchBytes: 450_000,
    lingerMs: 10,
    deadlineMs: 30_000,
    backlogBytes: null,
    keepFailed: { messages: 100_000, bytes: 256_000_000, ageMs: 2_592_000_000 },
  });
});

test.each(Object.entries(connectionSettings.shape))(
  "%s says in a sentence what it is for",
  (_name, setting) => {
    expect(setting.description).toMatch(/\w.{20,}/);
  },
);

test.each([
  ["limiter", { max: 0 }],
  ["attempts", 1.5],
  ["inFlight", 65],
  ["batchBytes", 500_000],
  ["lingerMs", -1],
  ["deadlineMs", "30000"],
  ["keepFailed", { days: 3 }],
])("%s refuses %j", (name, value) => {
  expect(deliverySettings.safeParse({ [name]: value }).success).toBe(false);
});

test("the list of settings names each one with its default, its bounds or choices, and its reason", () => {
  const list = new Map(listSettings().map((setting) => [setting.name, setting]));
  expect(list.get("identifyBy")).toMatchObject({ default: "id-or-email", choices: ["id-or-email", "id"] });
  expect(list.get("limiter.max")).toMatchObject({ default: 100, min: 1, max: 100_000 });
  expect(list.get("limiter.max")).toMatchObject({
    group: expect.stringContaining("requests to Customer.io"),
  });
  expect(list.get("backlogBytes")).toMatchObject({ default: null, min: 10_000 });
  expect(list.get("consentCategories")).toMatchObject({ default: [] });
  expect(list.get("destructiveEvents")).toMatchObject({ default: false });
  expect([...list.values()].every(({ description }) => description.length > 15)).toBe(true);
});
