import { checkOperation } from "../contract/check-operation.ts";
import { limits } from "../contract/limits.ts";
import type { Problem } from "../contract/problem.ts";
import { isMap } from "../contract/rules.ts";
import { type Answer, type Call, type TrackRoute, taken } from "./track-route.ts";

const batch: TrackRoute = {
  method: "POST",
  url: "/api/v2/batch",
  isAllOrNothing: false,
  read(call) {
    const { json, bodyBytes } = call;
    if (bodyBytes > limits.batchBytes) return { refused: refuse([tooLarge(bodyBytes, limits.batchBytes)]) };
    if (!isMap(json) || !Array.isArray(json.batch)) {
      const message = 'The body must be JSON: { "batch": [operation, ...] }';
      return { refused: refuse([{ field: "batch", reason: "required", message }]) };
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
};

const entity: TrackRoute = {
  method: "POST",
  url: "/api/v2/entity",
  isAllOrNothing: true,
  read({ json, bodyBytes }: Call) {
    const isTooLarge = bodyBytes > limits.operationBytes;
    const problems = isTooLarge ? [tooLarge(bodyBytes, limits.operationBytes)] : checkOperation(json);
    return { items: [{ operation: json, problems }] };
  },
  answer: (problems) => (problems.size === 0 ? taken : refuse([...problems.values()].flat())),
};

export const v2Routes: readonly TrackRoute[] = [batch, entity];

function tooLarge(bytes: number, limit: number): Problem {
  const message = `The body must be at most ${limit} bytes, not ${bytes}`;
  return { field: "", reason: "too_large", message };
}

function refuse(errors: Problem[]): Answer {
  return { status: 400, body: { errors } };
}
