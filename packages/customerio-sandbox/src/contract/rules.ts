import { limits } from "./limits.ts";
import type { Problem, Rule } from "./problem.ts";

export type JsonMap = { [key: string]: unknown };

/** JSON's objects: neither null nor an array. */
export function isMap(value: unknown): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether `text` is longer than `limit` bytes of UTF-8; counts only where the length leaves a doubt. */
export function exceedsBytes(text: string, limit: number): boolean {
  if (text.length * 3 <= limit) return false;
  return text.length > limit || Buffer.byteLength(text) > limit;
}

export const text: Rule = (value, field, problems) => {
  if (typeof value !== "string") wrongType(field, "a string", problems);
};

/** Unix seconds. Customer.io ignores what is not later than 1970-01-01T00:00:00Z, and answers 200: here it is refused. */
export const unixSeconds: Rule = (value, field, problems) => {
  if (!Number.isSafeInteger(value)) return wrongType(field, "an integer", problems);
  if ((value as number) > 0) return;
  problems.push({ field, reason: "invalid_value", message: `${field} must be later than 1970` });
};

export const flag: Rule = (value, field, problems) => {
  if (typeof value !== "boolean") wrongType(field, "true or false", problems);
};

/** A string with something in it, of at most `limit` bytes. */
export function textUpTo(limit: number): Rule {
  return (value, field, problems) => {
    if (typeof value !== "string") wrongType(field, "a string", problems);
    else if (value.trim() === "") {
      problems.push({ field, reason: "required", message: `${field} must not be blank` });
    } else if (exceedsBytes(value, limit)) {
      problems.push({ field, reason: "too_large", message: `${field} must be at most ${limit} bytes` });
    }
  };
}

/** A string with something in it. */
export const filledText = textUpTo(limits.operationBytes);

/** A string of at most `limit` bytes that has a form of its own, such as a ULID. */
export function textLike(form: RegExp, called: string, limit: number = limits.idBytes): Rule {
  const bounded = textUpTo(limit);
  return (value, field, problems) => {
    const before = problems.length;
    bounded(value, field, problems);
    if (problems.length === before && !form.test(value as string)) {
      problems.push({ field, reason: "invalid_value", message: `${field} must be ${called}` });
    }
  };
}

export function oneOf(...choices: string[]): Rule {
  const called = choices.length === 1 ? `"${choices[0]}"` : `one of ${choices.join(", ")}`;
  return (value, field, problems) => {
    if (typeof value !== "string") wrongType(field, called, problems);
    else if (!choices.includes(value)) {
      problems.push({ field, reason: "invalid_value", message: `${field} must be ${called}` });
    }
  };
}

export function listOf(item: Rule): Rule {
  return (value, field, problems) => {
    if (!Array.isArray(value)) wrongType(field, "an array", problems);
    else for (let i = 0; i < value.length; i++) item(value[i], `${field}[${i}]`, problems);
  };
}

/** An object of any keys: those of `typed` under their own rule, all others under `others`. */
export function openMap(typed: { [key: string]: Rule }, others?: Rule): Rule {
  const rules = new Map(Object.entries(typed));
  return (value, field, problems) => {
    if (!isMap(value)) return wrongType(field, "an object", problems);
    for (const key in value) {
      const inner = value[key];
      const rule = rules.get(key) ?? others;
      if (rule !== undefined && inner !== undefined) rule(inner, `${field}.${key}`, problems);
    }
  };
}

/** https://github.com/ulid/spec: 26 characters of Crockford's base 32, in any case, at most 48 bits of time. */
export const ulid = textLike(/^[0-7][0-9a-hjkmnp-tv-z]{25}$/i, "a ULID");

export function wrongType(field: string, expected: string, problems: Problem[]): void {
  const subject = field === "" ? "The operation" : field;
  problems.push({ field, reason: "invalid_type", message: `${subject} must be ${expected}` });
}
