import { limits } from "./limits.ts";
import type { Problem, Rule } from "./problem.ts";
import { exceedsBytes, isMap, wrongType } from "./rules.ts";

/**
 * What is kept on a person, an object or a relationship: every name and value within the published limits.
 * `reserved` names have a rule of their own besides, all others `others`. (The 100 KB of an object's attributes
 * lie beyond what one operation can hold.)
 */
export function keptAttributes(reserved: { [name: string]: Rule } = {}, others?: Rule): Rule {
  const rules = new Map(Object.entries(reserved));
  return (value, field, problems) => {
    if (!isMap(value)) return wrongType(field, "an object", problems);
    let count = 0;
    for (const name in value) {
      const attribute = value[name];
      if (attribute === undefined) continue;
      count++;
      checkSize(name, attribute, field, problems);
      const rule = rules.get(name) ?? others;
      if (rule !== undefined) rule(attribute, pathTo(name, field), problems);
    }
    if (count > limits.attributes) {
      const message = `At most ${limits.attributes} attributes are allowed, not ${count}`;
      problems.push({ field, reason: "too_many", message });
    }
  };
}

function pathTo(name: string, field: string): string {
  return field === "" ? name : `${field}.${name}`;
}

function checkSize(name: string, value: unknown, field: string, problems: Problem[]): void {
  if (exceedsBytes(name, limits.attributeNameBytes)) {
    const message = `The name of an attribute must be at most ${limits.attributeNameBytes} bytes`;
    problems.push({ field: pathTo(name, field), reason: "too_large", message });
  }
  if (typeof value === "number" || typeof value === "boolean" || value === null) return;
  const written = typeof value === "string" ? value : JSON.stringify(value);
  if (exceedsBytes(written, limits.attributeValueBytes)) {
    const message = `The value of an attribute must be at most ${limits.attributeValueBytes} bytes`;
    problems.push({ field: pathTo(name, field), reason: "too_large", message });
  }
}
