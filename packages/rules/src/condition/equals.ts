import { isObject } from "@customerio-router/messages";
import { type Fuel, spend } from "./fuel.ts";

/** CEL's equality: by value, numbers of all kinds by size. A missing field equals null. Ends early without fuel. */
export function equals(one: unknown, other: unknown, fuel: Fuel): boolean {
  if (one === other) return true;
  if (one == null || other == null) return one == null && other == null;
  if (typeof one !== "object" || typeof other !== "object") {
    // biome-ignore lint/suspicious/noDoubleEquals: 1n and 1 are equal.
    return isNumeric(one) && isNumeric(other) && one == other;
  }
  if (Array.isArray(one)) return Array.isArray(other) && equalLists(one, other, fuel);
  return isObject(one) && isObject(other) && equalObjects(one, other, fuel);
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function equalLists(one: readonly unknown[], other: readonly unknown[], fuel: Fuel): boolean {
  return (
    one.length === other.length &&
    spend(fuel, one.length * stepsPerEntry) &&
    one.every((value, at) => equals(value, other[at], fuel))
  );
}

function equalObjects(
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
  fuel: Fuel,
): boolean {
  const names = Object.keys(one);
  return (
    spend(fuel, names.length * stepsPerEntry) &&
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && equals(one[name], other[name], fuel))
  );
}

const stepsPerEntry = 5;
