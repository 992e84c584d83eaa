import { Failed, failedFor } from "./failed.ts";
import type { Read } from "./read.ts";

/** True, false, or why it is neither. A missing field is false. */
export function asBoolean(value: unknown, what: string): boolean | Failed {
  if (typeof value === "boolean" || value instanceof Failed) return value;
  return value === undefined || value === null ? false : failedFor(what, "true or false", value);
}

/** As CEL has it, one side decides even where the other one fails: `decides` is false for `&&`, true for `||`. */
export function readEither(left: Read, right: Read, decides: boolean): Read {
  const what = decides ? "`||`" : "`&&`";
  return (scope) => {
    const one = asBoolean(left(scope), what);
    if (one === decides) return one;
    const other = asBoolean(right(scope), what);
    if (other === decides) return other;
    return one instanceof Failed ? one : other;
  };
}

export function readNot(of: Read): Read {
  return (scope) => {
    const value = asBoolean(of(scope), "`!`");
    return value instanceof Failed ? value : !value;
  };
}

export function readChoice(condition: Read, yes: Read, no: Read): Read {
  return (scope) => {
    const chosen = asBoolean(condition(scope), "`?`");
    if (chosen instanceof Failed) return chosen;
    return chosen ? yes(scope) : no(scope);
  };
}
