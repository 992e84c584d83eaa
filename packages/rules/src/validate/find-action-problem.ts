import { exceedsJsonBytes, isObject, jsonBytesAtMost } from "@customerio-router/messages";
import { findPathProblem, splitPath } from "../fields/path.ts";
import { findRenameProblem } from "../fields/rename-field.ts";
import { ruleLimits } from "../limits.ts";
import type { RuleProblem } from "../rule.ts";

type Find = (value: unknown, field: string) => RuleProblem | undefined;

/** What may be wrong with the value of each action. */
const actions: Readonly<Record<string, Find>> = {
  drop: (value, field) => (value === true ? undefined : { field, message: "`drop` must be true." }),
  remove: (value, field) => inPath(value, field),
  hash: (value, field) => inPath(value, field, { mayBeId: true }),
  rename: findInRename,
  set: findInSet,
  renameEvent: findInEventName,
  sample: findInSample,
};

const known = Object.keys(actions)
  .map((name) => `\`${name}\``)
  .join(", ");

/** What is wrong with the action of a rule, `then`. */
export function findActionProblem(action: unknown, field: string): RuleProblem | undefined {
  const names = isObject(action) ? Object.keys(action) : [];
  const [name = ""] = names;
  if (!isObject(action) || names.length !== 1) {
    return { field, message: `\`then\` must be an object with exactly one of ${known}.` };
  }
  const find = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!find) return { field: `${field}.${name}`, message: `Unknown: \`then\` may be one of ${known}.` };
  return find(action[name], `${field}.${name}`);
}

function inPath(value: unknown, field: string, { mayBeId = false } = {}): RuleProblem | undefined {
  const message = findPathProblem(value, { mayBeId });
  return message === undefined ? undefined : { field, message };
}

function findInRename(value: unknown, field: string): RuleProblem | undefined {
  if (!isObject(value) || !hasOnly(value, ["from", "to"])) {
    return { field, message: "`rename` must be an object with `from` and `to`." };
  }
  const { from, to } = value;
  const inPaths = inPath(from, `${field}.from`) ?? inPath(to, `${field}.to`);
  if (inPaths) return inPaths;
  const message = findRenameProblem(splitPath(from as string), splitPath(to as string));
  return message === undefined ? undefined : { field: `${field}.to`, message };
}

function findInSet(value: unknown, field: string): RuleProblem | undefined {
  if (!isObject(value) || !hasOnly(value, ["field", "value"]) || !("value" in value)) {
    return { field, message: "`set` must be an object with `field` and `value`." };
  }
  return inPath(value.field, `${field}.field`) ?? findInValue(value.value, `${field}.value`);
}

function findInValue(value: unknown, field: string): RuleProblem | undefined {
  const bytesAtMost = jsonBytesAtMost(value);
  if (bytesAtMost === Number.POSITIVE_INFINITY || exceedsJsonBytes(value, ruleLimits.valueBytes)) {
    return {
      field,
      message: `A value may have at most ${ruleLimits.valueBytes.toLocaleString("en")} bytes of JSON.`,
    };
  }
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return { field, message: "An integer beyond 2^53 - 1 is rounded: write it as text." };
  }
  return undefined;
}

function findInEventName(value: unknown, field: string): RuleProblem | undefined {
  if (typeof value !== "string" || value.trim() === "") {
    return { field, message: "`renameEvent` must be the event's new name." };
  }
  return value.length > ruleLimits.eventNameLength
    ? { field, message: `An event's name may have at most ${ruleLimits.eventNameLength} characters.` }
    : undefined;
}

function findInSample(value: unknown, field: string): RuleProblem | undefined {
  const isPercent = typeof value === "number" && value >= 0 && value <= 100;
  return isPercent
    ? undefined
    : { field, message: "`sample` must be the percent of people whose messages pass, from 0 to 100." };
}

function hasOnly(value: object, names: readonly string[]): boolean {
  return Object.keys(value).every((name) => names.includes(name));
}
