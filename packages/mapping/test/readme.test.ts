import { readFileSync } from "node:fs";
import { validateCall } from "@customerio-router/messages";
import { expect, test } from "vitest";
import { semanticEvents } from "../src/semantic-events/semantic-events.ts";
import { tables } from "./readme-tables.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test.each(Object.entries(tables))("the README's table of %s is that of the code", (title, table) => {
  const [, after = ""] = readme.split(`## ${title}\n`);
  const [section = ""] = after.split("\n## ");
  expect(section.match(/^\|.*\|$/gm)?.join("\n")).toBe(table);
});

test("every reserved event that needs no user is valid without one", () => {
  for (const [event, { needs }] of semanticEvents) {
    expect(validateCall({ type: "track", event }).ok).toBe(!needs.includes("user"));
  }
});
