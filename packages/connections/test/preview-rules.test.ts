import { compileRules, type Rule, validateRules } from "@customerio-router/rules";
import { expect, test } from "vitest";
import { connectionSettings, previewRules } from "../src/index.ts";

const settings = connectionSettings.parse({});

function rulesOf(...rules: (Partial<Rule> & Pick<Rule, "name">)[]): Rule[] {
  const validated = validateRules({ version: 0, rules });
  if (!validated.ok) throw new Error(JSON.stringify(validated.problems));
  return validated.list.rules;
}

async function* portions(messages: object[]) {
  yield messages.map((message, at) => ({
    messageId: `m${at}`,
    message: { messageId: `m${at}`, ...message },
  }));
}

function preview(messages: object[], tried: Rule[], { saved = [] as Rule[], budgetMs = 60_000 } = {}) {
  return previewRules({
    recorded: portions(messages),
    connectionId: "c1",
    saved: { settings, rules: compileRules(saved) },
    tried: { settings, rules: compileRules(tried), list: tried },
    budgetMs,
  });
}

const track = (userId: string, properties: object = {}) => ({
  type: "track",
  event: "Bought",
  userId,
  properties,
});

test("messages are dropped, changed, unmatched, failed and mapped otherwise, with before and after", async () => {
  const tried = rulesOf(
    { name: "No bots", if: 'message.userId == "bot"', then: { drop: true } },
    { name: "No cards", if: "message.properties.total > 2.0", then: { remove: "properties.card" } },
  );
  const messages = [
    track("bot"),
    track("ann", { total: 3, card: "4111" }),
    track("bob", { total: 1 }),
    track("cem", { total: "much" }),
  ];
  const result = await preview(messages, tried);
  expect(result).toMatchObject({
    ...{ messages: 4, dropped: 1, changed: 1, unmatched: 2, failed: 1, otherwise: 2, isComplete: true },
    rules: [
      { name: "No bots", touched: 1, failed: 0 },
      { name: "No cards", touched: 1, failed: 1, why: expect.stringContaining("got text and a number") },
    ],
    examples: [
      {
        messageId: "m0",
        rules: ["No bots"],
        before: { message: { userId: "bot" }, operations: [{ name: "Bought" }] },
        after: { message: null, operations: [], reason: "rule: No bots" },
      },
      {
        event: "track Bought",
        before: {
          message: { properties: { card: "4111" } },
          operations: [{ attributes: { total: 3, card: "4111" } }],
        },
        after: { message: { properties: { total: 3 } }, operations: [{ attributes: { total: 3 } }] },
      },
    ],
  });
  expect(result.examples).toHaveLength(2);
});

test("what the saved rules do already is no difference", async () => {
  const rules = rulesOf({ name: "No bots", if: 'message.userId == "bot"', then: { drop: true } });
  expect(await preview([track("bot"), track("ann")], rules, { saved: rules })).toMatchObject({
    dropped: 1,
    otherwise: 0,
  });
  expect(await preview([track("bot"), track("ann")], [], { saved: rules })).toMatchObject({
    dropped: 0,
    otherwise: 1,
    examples: [
      { messageId: "m0", before: { reason: "rule: No bots" }, after: { operations: [{ name: "Bought" }] } },
    ],
  });
});

test("at most 10,000 messages and twenty examples, and it ends when its time is over", async () => {
  const tried = rulesOf({ name: "All", then: { set: { field: "properties.x", value: 1 } } });
  const many = Array.from({ length: 10_001 }, (_, at) => track(`p${at}`));
  const result = await preview(many, tried);
  expect([result.messages, result.changed, result.examples.length]).toEqual([10_000, 10_000, 20]);
  expect(await preview(many.slice(0, 10), tried, { budgetMs: -1 })).toMatchObject({
    messages: 10,
    isComplete: false,
  });
});
