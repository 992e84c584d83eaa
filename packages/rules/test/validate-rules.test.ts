import assert from "node:assert/strict";
import { test } from "vitest";
import { ruleLimits, validateRules } from "../src/index.ts";

function problemsOf(...rules: unknown[]): string[] {
  const validated = validateRules({ version: 0, rules });
  return validated.ok ? [] : validated.problems.map(({ field }) => field);
}

const then = { drop: true };

test("a rule is on and without a condition unless it says otherwise", () => {
  assert.deepEqual(validateRules({ version: 3, rules: [{ name: " No bots ", then }] }), {
    ok: true,
    list: { version: 3, rules: [{ name: "No bots", on: true, if: "", then }] },
  });
});

test("every problem is told at once, with its field", () => {
  assert.deepEqual(
    problemsOf(
      { name: "a", then, iff: "true" },
      { name: "a", on: 1, if: "message.", then: { drop: false } },
      "drop",
      { then: {} },
    ),
    [
      "rules.0.iff",
      "rules.1.on",
      "rules.1.if",
      "rules.1.then.drop",
      "rules.2",
      "rules.3.name",
      "rules.3.then",
      "rules.1.name",
    ],
  );
});

test.each([
  [null, ""],
  [{ rules: [] }, "version"],
  [{ version: -1, rules: [] }, "version"],
  [{ version: 0 }, "rules"],
  [{ version: 0, rules: [], salt: "x" }, "salt"],
  [
    { version: 0, rules: Array.from({ length: ruleLimits.rules + 1 }, (_, at) => ({ name: `${at}`, then })) },
    "rules",
  ],
])("%j is refused at %s", (value, field) => {
  const validated = validateRules(value);
  assert.deepEqual(validated.ok || validated.problems.map((problem) => problem.field), [field]);
});

test("a condition's error names the character, counted from 1", () => {
  const validated = validateRules({ version: 0, rules: [{ name: "a", if: "message.event =", then }] });
  assert.match(validated.ok ? "" : (validated.problems[0]?.message ?? ""), /^Character 15: /);
});

test.each([
  [{ remove: "type" }, "remove"],
  [{ remove: "messageId" }, "remove"],
  [{ set: { field: "timestamp", value: 1 } }, "set.field"],
  [{ hash: "sentAt" }, "hash"],
  [{ rename: { from: "receivedAt", to: "x" } }, "rename.from"],
  [{ rename: { from: "x", to: "originalTimestamp" } }, "rename.to"],
  [{ remove: "userId" }, "remove"],
  [{ set: { field: "groupId", value: "x" } }, "set.field"],
  [{ rename: { from: "anonymousId", to: "x" } }, "rename.from"],
  [{ rename: { from: "traits.id", to: "userId" } }, "rename.to"],
  [{ remove: "previousId.x" }, "remove"],
  [{ hash: "userId.x" }, "hash"],
  [{ remove: "traits.__proto__.x" }, "remove"],
  [{ set: { field: "constructor.prototype.x", value: 1 } }, "set.field"],
  [{ remove: "" }, "remove"],
  [{ remove: "a..b" }, "remove"],
  [{ remove: "*.b" }, "remove"],
  [{ remove: 1 }, "remove"],
  [{ rename: { from: "a.*.b", to: "a.b" } }, "rename.to"],
  [{ rename: { from: "a.*", to: "a.*" } }, "rename.to"],
  [{ rename: { from: "a" } }, "rename.to"],
  [{ rename: { from: "a", to: "a" } }, "rename.to"],
  [{ rename: { from: "a", to: "b", c: 1 } }, "rename"],
  [{ set: { field: "a" } }, "set"],
  [{ set: { field: "a", value: 2 ** 60 } }, "set.value"],
  [{ set: { field: "a", value: "x".repeat(1_000) } }, "set.value"],
  [{ renameEvent: " " }, "renameEvent"],
  [{ renameEvent: "x".repeat(101) }, "renameEvent"],
  [{ sample: 101 }, "sample"],
  [{ sample: "10" }, "sample"],
  [{ toString: true }, "toString"],
  [{ delete: "x" }, "delete"],
])("the action %j is refused at %s", (action, field) => {
  assert.deepEqual(problemsOf({ name: "a", then: action }), [`rules.0.then.${field}`]);
});

test("ids can be hashed", () => {
  for (const id of ["userId", "anonymousId", "previousId", "groupId"]) {
    assert.deepEqual(problemsOf({ name: "a", then: { hash: id } }), []);
  }
});
