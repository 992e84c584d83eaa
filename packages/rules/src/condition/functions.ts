import { isObject } from "@customerio-router/messages";
import { Failed, failedFor, readsTooMuch } from "./failed.ts";
import { type Fuel, spend } from "./fuel.ts";
import type { Pattern } from "./pattern.ts";
import type { Read } from "./read.ts";

type Evaluate = (values: readonly unknown[], fuel: Fuel) => unknown;

/** A function of CEL: with a missing first value it gives `whenMissing`. The receiver of a method is the first value. */
type CelFunction = { whenMissing: unknown; evaluate: Evaluate };

/** A search costs a step for 16 comparisons, of which there are as many as both lengths multiplied at worst. */
function search(name: string, find: (text: string, part: string) => boolean): CelFunction {
  return {
    whenMissing: false,
    evaluate([text, part], fuel) {
      if (typeof text !== "string") return failedFor(name, "text", text);
      if (part == null) return false;
      if (typeof part !== "string") return failedFor(name, "text", part);
      return spend(fuel, (text.length * (part.length + 4)) / 16) ? find(text, part) : readsTooMuch;
    },
  };
}

function change(name: string, of: (text: string) => string): CelFunction {
  return {
    whenMissing: undefined,
    evaluate([text], fuel) {
      if (typeof text !== "string") return failedFor(name, "text", text);
      return spend(fuel, text.length / 4) ? of(text) : readsTooMuch;
    },
  };
}

const size: CelFunction = {
  whenMissing: 0n,
  evaluate([value], fuel) {
    if (typeof value === "string") {
      return spend(fuel, value.length / 4) ? BigInt(countCharacters(value)) : readsTooMuch;
    }
    if (Array.isArray(value)) return BigInt(value.length);
    if (!isObject(value)) return failedFor("`size`", "text, a list or an object", value);
    const names = Object.keys(value);
    return spend(fuel, names.length) ? BigInt(names.length) : readsTooMuch;
  },
};

function countCharacters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    if ((text.codePointAt(at) as number) > 0xffff) at += 1;
    count += 1;
  }
  return count;
}

/** CEL's types, as `type(value)` gives them: each equals itself alone. */
export const types = {
  string: Symbol("string"),
  double: Symbol("double"),
  int: Symbol("int"),
  bool: Symbol("bool"),
  list: Symbol("list"),
  map: Symbol("map"),
  null_type: Symbol("null_type"),
} as const;

function typeOf(value: unknown): symbol {
  if (Array.isArray(value)) return types.list;
  switch (typeof value) {
    case "string":
      return types.string;
    case "number":
      return types.double;
    case "bigint":
      return types.int;
    case "boolean":
      return types.bool;
    default:
      return types.map;
  }
}

const string: CelFunction = {
  whenMissing: undefined,
  evaluate: ([value]) =>
    typeof value === "object"
      ? failedFor("`string`", "text, a number, or true or false", value)
      : String(value),
};

const double: CelFunction = {
  whenMissing: undefined,
  evaluate([value]) {
    if (typeof value === "number" || typeof value === "bigint") return Number(value);
    if (typeof value !== "string") return failedFor("`double`", "a number or text", value);
    const number = value.trim() === value && value !== "" ? Number(value) : Number.NaN;
    return Number.isNaN(number) ? noNumber : number;
  },
};

const int: CelFunction = {
  whenMissing: undefined,
  evaluate([value]) {
    if (typeof value === "bigint") return value;
    if (typeof value === "number") return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : noNumber;
    if (typeof value !== "string") return failedFor("`int`", "a number or text", value);
    if (!/^-?\d{1,19}$/.test(value)) return noNumber;
    const number = BigInt(value);
    return BigInt.asIntN(64, number) === number ? number : noNumber;
  },
};

const noNumber = new Failed("The value is no such number.");

/** What a condition may call, besides macros, `has` and `matches`. */
export const functions: Readonly<Record<string, CelFunction>> = {
  startsWith: search("`startsWith`", (text, part) => text.startsWith(part)),
  endsWith: search("`endsWith`", (text, part) => text.endsWith(part)),
  contains: search("`contains`", (text, part) => text.includes(part)),
  lowerAscii: change("`lowerAscii`", (text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
  upperAscii: change("`upperAscii`", (text) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
  trim: change("`trim`", (text) => text.trim()),
  size,
  string,
  double,
  int,
  type: { whenMissing: types.null_type, evaluate: ([value]) => typeOf(value) },
  dyn: { whenMissing: undefined, evaluate: ([value]) => value },
};

export function readFunction({ whenMissing, evaluate }: CelFunction, values: Read[]): Read {
  return (scope) => {
    const read: unknown[] = [];
    for (const value of values) {
      const one = value(scope);
      if (one instanceof Failed) return one;
      read.push(one);
    }
    return read[0] == null ? whenMissing : evaluate(read, scope.fuel);
  };
}

export function readMatches(text: Read, pattern: Pattern): Read {
  return (scope) => {
    const value = text(scope);
    if (value == null) return false;
    if (value instanceof Failed) return value;
    if (typeof value !== "string") return failedFor("`matches`", "text", value);
    return spend(scope.fuel, pattern.stepsFor(value.length)) ? pattern.matches(value) : readsTooMuch;
  };
}
