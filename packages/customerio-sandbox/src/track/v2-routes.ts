import { checkOperation } from "../contract/check-operation.ts";
import { limits } from "../contract/limits.ts";
import type { Problem } from "../contract/problem.ts";
import { isMap } from "../contract/rules.ts";
import { type Answer, type Call, type Reading, type TrackRoute, taken } from "./track-route.ts";

const batch: TrackRoute = {
  method: "POST",
  url: "/api/v2/batch",
  isAllOrNothing: false,
  read(call) {
    const { json, bodyBytes } = call;
    if (bodyBytes > limits.batchBytes) return tooLarge(bodyBytes, limits.batchBytes);
    if (!isMap(json) || !Array.isArray(json.batch)) {
      const message = 'The body must be JSON: { "batch": [operation, ...] }';
      return { malformed: [{ field: "batch", reason: "required", message }] };
    }
    return { items: json.batch.map((operation) => ({ operation, problems: checkOperation(operation) })) };
  },
  answer(problems) {
    if (problems.size === 0) return taken;
    const errors = [...problems].flatMap(([index, all]) =>
      all.map((each) => ({ batch_index: index, ...each })),
    );
    return { status: 207, body: { errors } };
  },
  refuse,
};

const entity: TrackRoute = {
  method: "POST",
  url: "/api/v2/entity",
  isAllOrNothing: true,
  read({ json, bodyBytes }: Call) {
    if (bodyBytes > limits.operationBytes) return tooLarge(bodyBytes, limits.operationBytes);
    return { items: [{ operation: json, problems: checkOperation(json) }] };
  },
  answer: (problems) => (problems.size === 0 ? taken : refuse([...problems.values()].flat())),
  refuse,
};

export const v2Routes: readonly TrackRoute[] = [batch, entity];

function tooLarge(bytes: number, limit: number): Reading {
  const message = `The body must be at most ${limit} bytes, not ${bytes}`;
  return { malformed: [{ field: "", reason: "too_large", message }] };
}

function refuse(errors: Problem[]): Answer {
  return { status: 400, body: { errors } };
}
