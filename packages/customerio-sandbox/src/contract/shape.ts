import type { Rule } from "./problem.ts";
import { isMap, wrongType } from "./rules.ts";

type Rules = { [field: string]: Rule };

/**
 * The rule of an object whose fields are known: each of `required` is there, each of `optional` may be, and there is
 * no other. A field that is `undefined` counts as absent, as it is in JSON.
 */
export function shape(required: Rules, optional: Rules = {}): Rule {
  const rules = new Map(Object.entries({ ...required, ...optional }));
  const needed = Object.keys(required);
  return (value, field, problems) => {
    if (!isMap(value)) return wrongType(field, "an object", problems);
    const prefix = field === "" ? "" : `${field}.`;
    for (const key in value) {
      const inner = value[key];
      if (inner === undefined) continue;
      const rule = rules.get(key);
      if (rule !== undefined) rule(inner, prefix + key, problems);
      else {
        const message = `${prefix}${key} is not a field of this operation`;
        problems.push({ field: prefix + key, reason: "unknown_field", message });
      }
    }
    for (const key of needed) {
      if (value[key] === undefined) {
        problems.push({ field: prefix + key, reason: "required", message: `${prefix}${key} is required` });
      }
    }
  };
}
