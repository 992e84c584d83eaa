import { limits } from "./limits.ts";
import type { Rule } from "./problem.ts";
import { isMap, textLike, textUpTo, wrongType } from "./rules.ts";

const id = textUpTo(limits.idBytes);
const email = textLike(/^[^\s@]+@[^\s@]+$/, "an email address");
const phone = textLike(/^\+\d{1,15}$/, "a phone number in E.164 format");
const objectTypeId = textLike(/^[1-9]\d*$/, "an integer from 1 on, as a string");

/** A person by `id`, `email` or `cio_id`: merges and relationships know these alone. */
export const knownPerson = alternatives({ id }, { email }, { cio_id: id });

export const person = alternatives({ id }, { email }, { phone }, { cio_id: id });

/**
 * Events also take `anonymous_id`. The published specification does not say so; Segment's and RudderStack's
 * destinations send anonymous events that way.
 */
export const personOrAnonymous = alternatives(
  { id },
  { email },
  { phone },
  { cio_id: id },
  { anonymous_id: id },
);

export const anonymous = alternatives({ anonymous_id: id });

export const object = alternatives({ object_type_id: objectTypeId, object_id: id }, { cio_object_id: id });

export const delivery = alternatives({ id: textUpTo(limits.operationBytes) });

/** An object that has exactly the keys of exactly one of `choices`. */
function alternatives(...choices: { [key: string]: Rule }[]): Rule {
  const byFirstKey = new Map<string, [string, Rule][]>();
  for (const choice of choices) for (const key in choice) byFirstKey.set(key, Object.entries(choice));
  const called = choices.map((choice) => Object.keys(choice).join(" with ")).join(", or ");
  return (value, field, problems) => {
    if (!isMap(value)) return wrongType(field, "an object", problems);
    const keys = Object.keys(value).filter((key) => value[key] !== undefined);
    const chosen = byFirstKey.get(keys[0] ?? "");
    const fits = chosen?.length === keys.length && chosen.every(([key]) => keys.includes(key));
    if (chosen === undefined || !fits) {
      const reason = keys.length === 0 ? "required" : "invalid_value";
      problems.push({ field, reason, message: `${field} must hold exactly ${called}` });
    } else for (const [key, rule] of chosen) rule(value[key], `${field}.${key}`, problems);
  };
}
