import fc from "fast-check";
import { expect, test } from "vitest";
import type { FoundAlert } from "../src/conditions/found-alert.ts";
import { advance } from "../src/notices/advance.ts";
import type { AlertState } from "../src/notices/alert-state.ts";

const holdMs = 10_000;
const alert: FoundAlert = { condition: "no-worker", detail: "1 message waits.", messages: 1 };

/** Goes through rounds of 2 s: `+` the condition holds, `-` it does not, `m` it holds and is muted, `w` it does not and is muted. */
function walk(rounds: string): string[] {
  let states = new Map<string, AlertState>();
  return [...rounds].flatMap((round, index) => {
    const next = advance({
      states,
      found: round === "+" || round === "m" ? [alert] : [],
      isMuted: () => round === "m" || round === "w",
      holdMs,
      nowMs: index * 2_000,
    });
    states = next.states;
    return [...next.begun.map(() => `begun ${index}`), ...next.over.map(() => `over ${index}`)];
  });
}

test("an alert is told once when it has held for a while, and once when it has been gone for a while", () => {
  expect(walk(`${"+".repeat(30)}${"-".repeat(30)}`)).toEqual(["begun 5", "over 35"]);
});

test("F230: a condition that flaps faster than it is to hold is not told", () => {
  expect(walk("++--".repeat(50))).toEqual([]);
});

test("F230: one that begins and ends again and again is told less and less often", () => {
  const told = walk(`${"+".repeat(6)}${"-".repeat(6)}`.repeat(100));
  expect(told.slice(0, 3)).toEqual(["begun 5", "over 11", "begun 17"]);
  expect(told).toHaveLength(3);
});

test("a muted alert is told once nothing mutes it any more, if it still holds", () => {
  expect(walk(`${"m".repeat(20)}${"+".repeat(5)}`)).toEqual(["begun 20"]);
  expect(walk(`${"m".repeat(20)}${"-".repeat(20)}`)).toEqual([]);
});

test("the end of a told alert that ends while muted is told afterwards", () => {
  expect(walk(`${"+".repeat(10)}${"w".repeat(20)}---`)).toEqual(["begun 5", "over 30"]);
  expect(walk(`${"+".repeat(10)}${"w".repeat(20)}${"m".repeat(10)}${"+".repeat(10)}`)).toEqual(["begun 5"]);
});

test("what cannot be judged stays as it is", () => {
  const firing: AlertState = {
    ...alert,
    phase: "firing",
    sinceMs: 0,
    beganAtMs: 0,
    times: 1,
    isTold: true,
  };
  const states = new Map([["no-worker", firing]]);
  const unknown = new Set(["no-worker" as const]);
  const next = advance({ states, found: [], unknown, isMuted: () => false, holdMs, nowMs: 1e9 });
  expect([next.states, next.begun, next.over]).toEqual([states, [], []]);
});

test("begins and ends are told alternately, whatever happens", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("+++++++", "-------", "+", "-", "m", "w"), { maxLength: 60 }),
      (parts) => {
        const told = walk(parts.join("")).map((text) => text.split(" ")[0]);
        expect(told).toEqual(told.map((_, index) => (index % 2 === 0 ? "begun" : "over")));
      },
    ),
  );
});
