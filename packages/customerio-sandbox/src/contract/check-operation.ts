import { checkJson } from "./check-json.ts";
import { limits } from "./limits.ts";
import { deliveryActions, objectActions, personActions } from "./operations.ts";
import type { Problem, Rule } from "./problem.ts";
import { isMap, wrongType } from "./rules.ts";

const actionsByType = new Map<unknown, ReadonlyMap<unknown, Rule>>([
  ["person", personActions],
  ["object", objectActions],
  ["delivery", deliveryActions],
]);

/**
 * What Customer.io's contract has against one operation of Track API v2: the body of `/api/v2/entity`, or an item of
 * `/api/v2/batch`. Nothing: the list is empty. Never throws. A field that is `undefined` counts as absent.
 */
export function checkOperation(operation: unknown): Problem[] {
  const problems: Problem[] = [];
  if (!isMap(operation)) wrongType("", "an object", problems);
  else if (checkJson(operation, { field: "", limit: limits.operationBytes }, problems)) {
    const actions = actionsByType.get(operation.type);
    if (actions === undefined) problems.push(unknownChoice(operation.type, "type", actionsByType));
    else {
      const rule = actions.get(operation.action);
      if (rule === undefined) problems.push(unknownChoice(operation.action, "action", actions));
      else rule(operation, "", problems);
    }
  }
  return problems;
}

function unknownChoice(value: unknown, field: string, choices: ReadonlyMap<unknown, unknown>): Problem {
  if (value === undefined) return { field, reason: "required", message: `${field} is required` };
  const message = `${field} must be one of ${[...choices.keys()].join(", ")}`;
  return { field, reason: "invalid_value", message };
}
