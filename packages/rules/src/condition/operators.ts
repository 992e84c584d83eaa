import { isObject } from "@customerio-router/messages";
import { equals } from "./equals.ts";
import { Failed, failedFor, kindOf, readsTooMuch } from "./failed.ts";
import { spend } from "./fuel.ts";
import type { Read, Scope } from "./read.ts";

type Calculate = (left: unknown, right: unknown, scope: Scope) => unknown;

/** What `left` and `right` must not be for `calculate`: failed, which the result is too, or missing. */
function withBoth(left: Read, right: Read, whenMissing: unknown, calculate: Calculate): Read {
  return (scope) => {
    const one = left(scope);
    if (one instanceof Failed) return one;
    const other = right(scope);
    if (other instanceof Failed) return other;
    if (one == null || other == null) return whenMissing;
    return calculate(one, other, scope);
  };
}

/** As `readEqual` with a text written out on one side, which is compared without fuel. */
export function readEqualText(of: Read, text: string, wanted: boolean): Read {
  return (scope) => {
    const value = of(scope);
    return value instanceof Failed ? value : (value === text) === wanted;
  };
}

export function readEqual(left: Read, right: Read, wanted: boolean): Read {
  return (scope) => {
    const one = left(scope);
    if (one instanceof Failed) return one;
    const other = right(scope);
    if (other instanceof Failed) return other;
    const isEqual = equals(one, other, scope.fuel);
    return scope.fuel.left < 0 ? readsTooMuch : isEqual === wanted;
  };
}

const orders = {
  "<": (one: number, other: number) => one < other,
  "<=": (one: number, other: number) => one <= other,
  ">": (one: number, other: number) => one > other,
  ">=": (one: number, other: number) => one >= other,
};

export type Order = keyof typeof orders;

/** Compares numbers of all kinds, and texts. Nothing is less or greater than a missing field. */
export function readOrder(order: Order, left: Read, right: Read): Read {
  // JavaScript compares numbers, bigints and texts by the same operators.
  const compare = orders[order] as (one: unknown, other: unknown) => boolean;
  return withBoth(left, right, false, (one, other) => {
    const isOrdered = isNumber(one)
      ? isNumber(other)
      : typeof one === typeof other && typeof one !== "object";
    if (isOrdered) return compare(one, other);
    return new Failed(
      `\`${order}\` needs two numbers or two texts, and got ${kindOf(one)} and ${kindOf(other)}.`,
    );
  });
}

export function readIn(left: Read, right: Read): Read {
  return withBoth(left, right, false, (one, other, { fuel }) => {
    if (Array.isArray(other)) {
      if (!spend(fuel, other.length)) return readsTooMuch;
      const isIn = other.some((entry) => equals(entry, one, fuel));
      return fuel.left < 0 ? readsTooMuch : isIn;
    }
    if (isObject(other)) return typeof one === "string" && Object.hasOwn(other, one);
    return failedFor("`in`", "a list or an object on its right", other);
  });
}

const sums = {
  "-": { double: (a: number, b: number) => a - b, int: (a: bigint, b: bigint) => a - b },
  "*": { double: (a: number, b: number) => a * b, int: (a: bigint, b: bigint) => a * b },
  "/": { double: (a: number, b: number) => a / b, int: (a: bigint, b: bigint) => a / b },
  "%": { double: undefined, int: (a: bigint, b: bigint) => a % b },
  "+": { double: (a: number, b: number) => a + b, int: (a: bigint, b: bigint) => a + b },
};

export type Arithmetic = keyof typeof sums;

/** With a missing field the result is missing too. */
export function readArithmetic(operator: Arithmetic, left: Read, right: Read): Read {
  const { double, int } = sums[operator];
  const name = `\`${operator}\``;
  return withBoth(left, right, undefined, (one, other, { fuel }) => {
    if (typeof one === "number" && typeof other === "number" && double) return double(one, other);
    if (typeof one === "bigint" && typeof other === "bigint") {
      if (other === 0n && (operator === "/" || operator === "%")) return divided;
      const result = int(one, other);
      return BigInt.asIntN(64, result) === result ? result : overflown;
    }
    if (operator === "+" && typeof one === "string" && typeof other === "string") {
      return spend(fuel, (one.length + other.length) / 64) ? one + other : readsTooMuch;
    }
    if (operator === "+" && Array.isArray(one) && Array.isArray(other)) {
      return spend(fuel, one.length + other.length) ? [...one, ...other] : readsTooMuch;
    }
    if (isNumber(one) && isNumber(other)) return mixed;
    return failedFor(
      name,
      operator === "+" ? "two numbers or two texts" : "two numbers",
      isNumber(one) ? other : one,
    );
  });
}

/** Why integers and JSON's numbers do not go together in CEL, which converts neither. */
export const mixedNumbers =
  "Numbers of a message are doubles: write `1.0` instead of `1`, or `double(...)` around an integer.";

const mixed = new Failed(mixedNumbers);
const divided = new Failed("An integer cannot be divided by zero.");
const overflown = new Failed("The result is beyond the integers of 64 bits.");

export function readNegative(of: Read): Read {
  return (scope) => {
    const value = of(scope);
    if (value === undefined || value === null || value instanceof Failed) return value;
    return isNumber(value) ? -value : failedFor("`-`", "a number", value);
  };
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
