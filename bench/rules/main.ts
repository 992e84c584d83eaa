import { stampMessage } from "@customerio-router/messages";
import { applyRules, compileRules, type Rule, validateRules } from "@customerio-router/rules";
import { createCommand, readCommandLine } from "@customerio-router/service";
import { hostileConditions } from "./hostile-conditions.ts";

/*
 * The limits: 100 rules at most 20 us, also where every field they name is missing; a hostile condition at most a
 * millisecond.
 */
readCommandLine(
  createCommand("npm run bench:rules --", {
    summary: "Measure what rules cost a message",
    examples: ["npm run bench:rules"],
  }),
  process.argv.slice(2),
);

const call = {
  type: "track" as const,
  messageId: "node-next-1704164645678-6d2c4f0a",
  event: "Order Completed",
  userId: "user-20391",
  properties: { total: 129.9, plan: "pro", email: "ann@example.com", items: [{ sku: "a" }, { sku: "b" }] },
  context: { ip: "192.0.2.1", userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)" },
  timestamp: "2024-01-02T03:04:05.678Z",
};
const message = stampMessage(call, { receivedAt: new Date("2024-01-02T03:04:06.000Z") });

function rulesOf(rule: (at: number) => Omit<Rule, "name" | "on">): Rule[] {
  const rules = Array.from({ length: 100 }, (_, at) => ({ name: `rule ${at}`, ...rule(at) }));
  const validated = validateRules({ version: 0, rules });
  if (!validated.ok) throw new Error(JSON.stringify(validated.problems));
  return validated.list.rules;
}

const missing = [
  'message.properties.gone == "x"',
  "message.properties.gone > 100.0",
  'message.gone.email.endsWith("@internal.example")',
  'message.gone.agent.matches("bot|crawl|spider")',
  'message.gone.list.exists(item, item.sku == "x")',
  'has(message.gone.plan) && message.gone.plan in ["free", "trial"]',
];
const present = [
  'message.event == "Noise"',
  "message.properties.total > 1000.0",
  'message.userId.startsWith("internal-")',
  'message.properties.plan in ["free", "trial"]',
  'message.properties.items.exists(item, item.sku == "x")',
  'message.type == "track" && !has(message.properties.total)',
];
const pick = (list: string[], at: number) => list[at % list.length] as string;
const actions: Rule["then"][] = [
  { drop: true },
  { remove: "context.gone" },
  { hash: "traits.gone" },
  { set: { field: "properties.x", value: 1 } },
];
const action = (at: number) => actions[at % actions.length] as Rule["then"];

const lists = {
  "conditions on fields that are there": rulesOf((at) => ({ if: pick(present, at), then: action(at) })),
  "conditions on missing fields": rulesOf((at) => ({ if: pick(missing, at), then: action(at) })),
  "remove and hash missing fields": rulesOf((at) => ({
    if: "",
    then: at % 2 ? { remove: `context.gone${at}` } : { hash: `traits.gone${at}.email` },
  })),
  "patterns on a field that is there": rulesOf(() => ({
    if: 'message.context.userAgent.matches("bot|crawl|spider")',
    then: { drop: true },
  })),
};

const table = Object.entries(lists).map(([name, rules]) => {
  const compiled = compileRules(rules);
  if (!compiled) throw new Error("The rules are off");
  return { "100 rules": name, "us a message": measureUs(() => applyRules(compiled, message)).toFixed(1) };
});
console.table(table);

console.table(
  hostileConditions.map(({ condition, message }) => {
    const validated = validateRules({
      version: 0,
      rules: [{ name: "hostile", if: condition, then: { drop: true } }],
    });
    if (!validated.ok) return { condition, "us a message": "refused" };
    const compiled = compileRules(validated.list.rules);
    if (!compiled) throw new Error("The rule is off");
    const us = measureUs(() => applyRules(compiled, message), 50);
    return { condition, "us a message": us.toFixed(0) };
  }),
);

/** The processor's time, which a busy machine changes less than the clock's: of nine runs the median. */
function measureUs(task: () => unknown, calls = 20_000): number {
  for (let call = 0; call < calls; call += 1) task();
  const runs = Array.from({ length: 9 }, () => {
    const before = process.cpuUsage();
    for (let call = 0; call < calls; call += 1) task();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / calls;
  });
  return runs.toSorted((one, other) => one - other)[4] as number;
}
