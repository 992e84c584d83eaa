import { describe, expect, test } from "vitest";
import { mappingSettings } from "../src/index.ts";

test("no settings are the defaults", () => {
  expect(mappingSettings.parse({})).toStrictEqual({
    identifyBy: "id-or-email",
    anonymousEvents: "skip",
    maxTraitsPerIdentify: 30,
    convertDates: true,
    semanticEvents: true,
    consentCategories: [],
    destructiveEvents: false,
    aliasFromClients: true,
  });
});

test("spaces around a consent category do not count", () => {
  expect(mappingSettings.parse({ consentCategories: [" Ads "] }).consentCategories).toEqual(["Ads"]);
});

describe("taken", () => {
  test.each([
    { identifyBy: "id-or-email" },
    { identifyBy: "id" },
    { anonymousEvents: "skip" },
    { anonymousEvents: "send" },
    { maxTraitsPerIdentify: 1 },
    { maxTraitsPerIdentify: 300 },
    { convertDates: false, semanticEvents: false, destructiveEvents: true },
  ])("%j", (settings) => {
    expect(mappingSettings.parse(settings)).toMatchObject(settings);
  });
});

describe("refused", () => {
  test.each([
    { identifyBy: "" },
    { identifyBy: "email" },
    { anonymousEvents: "" },
    { anonymousEvents: true },
    { maxTraitsPerIdentify: 0 },
    { maxTraitsPerIdentify: 301 },
    { maxTraitsPerIdentify: 1.5 },
    { maxTraitsPerIdentify: "30" },
    { convertDates: "true" },
    { unknown: true },
  ])("%j", (settings) => {
    expect(mappingSettings.safeParse(settings).success).toBe(false);
  });

  test("with every problem", () => {
    const { error } = mappingSettings.safeParse({
      identifyBy: "email",
      convertDates: 1,
      maxTraitsPerIdentify: 0,
    });
    expect(error?.issues.map(({ path }) => path[0]).sort()).toStrictEqual([
      "convertDates",
      "identifyBy",
      "maxTraitsPerIdentify",
    ]);
  });
});
