import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "vitest";
import { apply, changed } from "./rules-for-tests.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("remove", () => {
  test("takes out a field, also of each entry of a list, and nothing else", () => {
    const message = {
      type: "track",
      context: { ip: "1.2.3.4", os: {} },
      properties: { cards: [{ n: 1, x: 2 }, { x: 3 }, 4] },
    };
    assert.deepEqual(
      changed([{ then: { remove: "context.ip" } }, { then: { remove: "properties.cards.*.n" } }], message),
      {
        type: "track",
        context: { os: {} },
        properties: { cards: [{ x: 2 }, { x: 3 }, 4] },
      },
    );
    assert.deepEqual(message.context, { ip: "1.2.3.4", os: {} });
  });

  test("empties a list", () => {
    const message = { properties: { cards: [1, 2] } };
    assert.deepEqual(changed([{ then: { remove: "properties.cards.*" } }], message), {
      properties: { cards: [] },
    });
  });
});

describe("hash", () => {
  test("replaces a value by the SHA-256 of its trimmed lower-case text", () => {
    const message = { userId: 42, traits: { email: " Ann@Example.com ", list: ["A", null, "", { b: 1 }] } };
    const rules = [
      { then: { hash: "userId" } },
      { then: { hash: "traits.email" } },
      { then: { hash: "traits.list.*" } },
    ];
    assert.deepEqual(changed(rules, message), {
      userId: sha256("42"),
      traits: { email: sha256("ann@example.com"), list: [sha256("a"), null, "", sha256('{"b":1}')] },
    });
  });

  test("puts the salt before the text", () => {
    const message = { traits: { email: "ann@example.com" } };
    assert.deepEqual(changed([{ then: { hash: "traits.email" } }], message, { salt: "pepper" }), {
      traits: { email: sha256("pepperann@example.com") },
    });
  });

  test("leaves an id that is blank or was not UTF-8, which would become one person with others", () => {
    for (const userId of ["  ", "a\ufffd", "a\ud800", null]) {
      assert.deepEqual(changed([{ then: { hash: "userId" } }], { userId }), { userId });
    }
  });

  test("happens once, whatever rules repeat it or move its result", () => {
    const message = { traits: { email: "ann@example.com" } };
    const twice = [{ then: { hash: "traits.email" } }, { if: "true", then: { hash: "traits.email" } }];
    assert.deepEqual(changed(twice, message), { traits: { email: sha256("ann@example.com") } });
    const moved = [
      ...twice,
      { then: { rename: { from: "traits.email", to: "traits.mail" } } },
      { if: "true", then: { hash: "traits.mail" } },
    ];
    assert.deepEqual(changed(moved, message), { traits: { mail: sha256("ann@example.com") } });
  });

  test("happens anew to a value that was set since", () => {
    const rules = [
      { then: { hash: "traits.email" } },
      { then: { set: { field: "traits.email", value: "bob@example.com" } } },
      { if: "true", then: { hash: "traits.email" } },
    ];
    assert.deepEqual(changed(rules, { traits: { email: "ann@example.com" } }), {
      traits: { email: sha256("bob@example.com") },
    });
  });

  test("does not happen where it happened before the message was kept", () => {
    const message = { traits: { email: sha256("ann@example.com") } };
    const applied = apply([{ then: { hash: "traits.email" } }], message, { treated: ["traits.email"] });
    assert.equal(applied.kind === "message" && applied.message, message);
    assert.deepEqual(applied.touched, ["rule 1"]);
  });
});

describe("rename", () => {
  test("moves a value, replaces what was there, and makes what is missing on the way", () => {
    const message = { properties: { a: 1, b: 2 } };
    assert.deepEqual(changed([{ then: { rename: { from: "properties.a", to: "properties.b" } } }], message), {
      properties: { b: 1 },
    });
    assert.deepEqual(changed([{ then: { rename: { from: "properties.a", to: "context.x.y" } } }], message), {
      properties: { b: 2 },
      context: { x: { y: 1 } },
    });
    assert.deepEqual(
      changed([{ then: { rename: { from: "properties.a", to: "properties.a.b" } } }], message),
      {
        properties: { a: { b: 1 }, b: 2 },
      },
    );
  });

  test("keeps to each entry of a list", () => {
    const message = { properties: { products: [{ sku: 1 }, { id: 2 }, { sku: 3, id: 4 }] } };
    const rules = [
      { then: { rename: { from: "properties.products.*.sku", to: "properties.products.*.id" } } },
    ];
    assert.deepEqual(changed(rules, message), {
      properties: { products: [{ id: 1 }, { id: 2 }, { id: 3 }] },
    });
  });

  test("moves nothing that could not stand in its new place", () => {
    const message = { properties: { a: 1, b: "text" } };
    const rules = [{ then: { rename: { from: "properties.a", to: "properties.b.c" } } }];
    assert.equal(changed(rules, message), message);
  });
});

describe("set", () => {
  test("sets a field, and makes what is missing on the way", () => {
    const rules = [{ then: { set: { field: "integrations.All", value: false } } }];
    assert.deepEqual(changed(rules, { integrations: null }), { integrations: { All: false } });
    assert.deepEqual(changed(rules, {}), { integrations: { All: false } });
    assert.deepEqual(changed(rules, { integrations: "x" }), { integrations: "x" });
  });

  test("sets a field of each entry of a list, and makes no list", () => {
    const rules = [{ then: { set: { field: "properties.products.*.shop", value: "DE" } } }];
    assert.deepEqual(changed(rules, { properties: { products: [{ a: 1 }, 2] } }), {
      properties: { products: [{ a: 1, shop: "DE" }, 2] },
    });
    assert.deepEqual(changed(rules, {}), {});
  });
});

test("renameEvent renames events of every kind and nothing else", () => {
  const rules = [{ then: { renameEvent: "New" } }];
  assert.deepEqual(changed(rules, { type: "track", event: "Old" }), { type: "track", event: "New" });
  assert.deepEqual(changed(rules, { type: "page", name: "Old" }), { type: "page", name: "New" });
  assert.deepEqual(changed(rules, { type: "screen", name: "Old" }), { type: "screen", name: "New" });
  assert.deepEqual(changed(rules, { type: "identify" }), { type: "identify" });
});

test("drop names its rule, and the rules that touched the message before it", () => {
  const rules = [
    { then: { remove: "context.ip" } },
    { if: 'message.event == "Noise"', then: { drop: true as const } },
    { then: { set: { field: "properties.x", value: 1 } } },
  ];
  assert.deepEqual(apply(rules, { event: "Noise", context: { ip: "1" } }), {
    kind: "dropped",
    rule: "rule 2",
    touched: ["rule 1", "rule 2"],
    failed: [],
  });
});

test("sample passes about as many people as it says, each with all messages", () => {
  const rules = [{ then: { sample: 10 } }];
  const passes = (message: object) => apply(rules, message).kind === "message";
  const people = Array.from({ length: 2_000 }, (_, at) => `user-${at}`);
  const passed = people.filter((userId) => passes({ type: "track", userId }));
  assert.ok(passed.length > 140 && passed.length < 260, String(passed.length));
  for (const userId of people) {
    const isIn = passed.includes(userId);
    assert.equal(passes({ type: "page", userId, messageId: "other", anonymousId: "a" }), isIn);
  }
});

test("sample finds the person before the ordered rules changed the id", () => {
  const person = (rules: Parameters<typeof apply>[0]) =>
    Array.from({ length: 200 }, (_, at) => apply(rules, { type: "track", userId: `user-${at}` }).kind);
  const sample = { then: { sample: 50 } };
  assert.deepEqual(person([{ if: "true", then: { hash: "userId" } }, sample]), person([sample]));
});

test("rules that are off do nothing", () => {
  const rules = [{ on: false, then: { drop: true as const } }, { then: { remove: "context.ip" } }];
  assert.deepEqual(changed(rules, { type: "track" }), { type: "track" });
});

test("exact numbers and names like `__proto__` come through a change beside them", () => {
  const message = JSON.parse(
    '{"properties":{"__proto__":{"a":1},"big":"12345678901234567890","ip":1,"zero":-0}}',
  );
  const result = changed([{ then: { remove: "properties.ip" } }], message);
  assert.equal(
    JSON.stringify(result),
    '{"properties":{"__proto__":{"a":1},"big":"12345678901234567890","zero":0}}',
  );
});
