import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createOrder, type Order } from "../src/delivery/order.ts";
import { type Effect, noTries, type PendingMessage, type PendingOperation } from "../src/delivery/pending.ts";
import { formBatch } from "../src/delivery/send/batch.ts";

const limits = { batchOperations: 500, batchBytes: 450_000 };

function line(): { order: Order; add: (keys: string[], effect?: Effect, more?: object) => PendingOperation } {
  const order = createOrder();
  let sequence = 0;
  return {
    order,
    add(keys, effect = "event", more = {}) {
      const operation: PendingOperation = {
        message: {} as PendingMessage,
        operation: { type: "person", action: "delete", identifiers: { id: "x" } },
        json: "{}",
        bytes: 2,
        sequence: sequence++,
        takenAtMs: 0,
        keys,
        effect,
        waitsFor: 0,
        followers: [],
        place: "waiting",
        tries: noTries(),
        ...more,
      };
      order.add(operation);
      return operation;
    },
  };
}

function sequences({ operations }: { operations: PendingOperation[] }): number[] {
  return operations.map(({ sequence }) => sequence);
}

describe("who shares a request", () => {
  test("events of one person do, in their order", () => {
    const { order, add } = line();
    for (let index = 0; index < 5; index++) add(["id:a"]);
    expect(sequences(formBatch(order, limits))).toEqual([0, 1, 2, 3, 4]);
  });

  test("nothing of a person follows a change of theirs", () => {
    const { order, add } = line();
    const identify = add(["id:a"], "change");
    add(["id:a"]);
    add(["id:b"]);
    expect(sequences(formBatch(order, limits))).toEqual([0, 2]);
    expect(formBatch(order, limits).operations).toEqual([]);
    order.settle(identify);
    expect(sequences(formBatch(order, limits))).toEqual([1]);
  });

  test("a change may follow its person's events, an end may not", () => {
    const { order, add } = line();
    const event = add(["id:a"]);
    const change = add(["id:a"], "change");
    add(["id:a"], "end");
    expect(sequences(formBatch(order, limits))).toEqual([0, 1]);
    order.settle(event);
    order.settle(change);
    expect(sequences(formBatch(order, limits))).toEqual([2]);
  });

  test("an end does not follow an event in one request", () => {
    const { order, add } = line();
    add(["id:a"]);
    add(["id:a"], "end");
    expect(sequences(formBatch(order, limits))).toEqual([0]);
  });

  test("the pieces of one split identify do", () => {
    const { order, add } = line();
    const message = {} as PendingMessage;
    add(["id:a"], "change", { message });
    add(["id:a"], "change", { message });
    expect(sequences(formBatch(order, limits))).toEqual([0, 1]);
  });

  test("who waits for two persons goes when both have gone", () => {
    const { order, add } = line();
    const one = add(["id:a"], "change");
    const other = add(["id:b"], "change");
    add(["id:a", "id:b"], "end");
    formBatch(order, limits);
    order.settle(one);
    expect(formBatch(order, limits).operations).toEqual([]);
    order.settle(other);
    expect(sequences(formBatch(order, limits))).toEqual([2]);
  });

  test("a large event goes alone, and its person's next event after it", () => {
    const { order, add } = line();
    const operation = { type: "person", action: "event", route: "v1" };
    const large = add(["id:a"], "event", { operation });
    add(["id:a"]);
    add(["id:b"]);
    expect(sequences(formBatch(order, limits))).toEqual([0]);
    expect(sequences(formBatch(order, limits))).toEqual([2]);
    order.settle(large);
    expect(sequences(formBatch(order, limits))).toEqual([1]);
  });

  test("a large event in the middle of the line waits for a request of its own", () => {
    const { order, add } = line();
    add(["id:b"]);
    add(["id:a"], "event", { operation: { type: "person", action: "event", route: "v1" } });
    add(["id:c"]);
    expect(sequences(formBatch(order, limits))).toEqual([0, 2]);
    expect(sequences(formBatch(order, limits))).toEqual([1]);
  });
});

describe("the size of a request", () => {
  test("it ends at its count and at its bytes", () => {
    const { order, add } = line();
    for (let index = 0; index < 7; index++) add([`id:${index}`], "event", { bytes: 99 });
    expect(sequences(formBatch(order, { batchOperations: 3, batchBytes: 1e6 }))).toEqual([0, 1, 2]);
    expect(sequences(formBatch(order, { batchOperations: 500, batchBytes: 200 }))).toEqual([3, 4]);
  });

  test("one that is under suspicion takes few along", () => {
    const { order, add } = line();
    const suspects = [add(["id:a"]), add(["id:b"]), add(["id:c"]), add(["id:d"])];
    for (const { tries } of suspects) tries.groupLimit = 2;
    expect(sequences(formBatch(order, limits))).toEqual([0, 1]);
    expect(sequences(formBatch(order, limits))).toEqual([2, 3]);
  });

  test("one that must be alone does not join others, and is not lost", () => {
    const { order, add } = line();
    add(["id:a"]);
    add(["id:b"]).tries.groupLimit = 1;
    add(["id:c"]);
    expect(sequences(formBatch(order, limits))).toEqual([0, 2]);
    expect(sequences(formBatch(order, limits))).toEqual([1]);
  });
});

test("whatever is sent, sent again and settled in whatever order, no person's line is ever overtaken", () => {
  const person = fc.integer({ min: 0, max: 5 }).map((number) => `id:${number}`);
  const added = fc.record({
    keys: fc.uniqueArray(person, { minLength: 1, maxLength: 3 }),
    effect: fc.constantFrom<Effect>("event", "change", "end"),
  });
  const answers = fc.array(fc.nat(), { minLength: 50, maxLength: 50 });
  fc.assert(
    fc.property(
      fc.array(added, { maxLength: 40 }),
      answers,
      fc.nat({ max: 5 }),
      (operations, picks, most) => {
        const { order, add } = line();
        const all = operations.map(({ keys, effect }) => add(keys, effect));
        const flying: PendingOperation[][] = [];
        const settled = new Set<PendingOperation>();
        let step = 0;
        while (settled.size < all.length) {
          const batch = formBatch(order, { batchOperations: most + 1, batchBytes: 1e6 });
          if (batch.operations.length > 0) {
            flying.push(batch.operations);
            for (const [index, operation] of batch.operations.entries()) {
              const before = all.filter(
                (other) =>
                  other.sequence < operation.sequence &&
                  other.keys.some((key) => operation.keys.includes(key)),
              );
              for (const other of before) {
                if (settled.has(other)) continue;
                expect(batch.operations.indexOf(other)).toBeGreaterThanOrEqual(0);
                expect(batch.operations.indexOf(other)).toBeLessThan(index);
                expect(other.effect).toBe("event");
                expect(operation.effect).not.toBe("end");
              }
            }
            continue;
          }
          const pick = picks[step++ % picks.length] as number;
          const [answered] = flying.splice(pick % flying.length, 1);
          if (!answered) throw new Error("the line stands still");
          // Some come back, as after a 429; in the end all are taken.
          if (pick % 3 === 0 && step < 200) for (const operation of answered) order.putBack(operation);
          else {
            for (const operation of answered) order.settle(operation);
            for (const operation of answered) settled.add(operation);
          }
        }
        expect(order.readyCount).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
});
