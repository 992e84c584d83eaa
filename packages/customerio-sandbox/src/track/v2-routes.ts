import { checkOperation } from "../contract/check-operation.ts";
import { limits } from "../contract/limits.ts";
import type { Problem } from "../contract/problem.ts";
import { isMap } from "../contract/rules.ts";
import { type Answer, type Call, type ErrorEntry, type TrackRoute, taken } from "./track-route.ts";

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
  answer(errorsByPlace) {
    if (errorsByPlace.size === 0) return taken;
    const errors = [...errorsByPlace].flatMap(([batch_index, errors]) =>
      errors.map((error) => ({ batch_index, ...error })),
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
  answer: (errors) => (errors.size === 0 ? taken : refuse([...errors.values()].flat())),
};

export const v2Routes: readonly TrackRoute[] = [batch, entity];

function tooLarge(bytes: number, limit: number): Problem {
  const message = `The body must be at most ${limit} bytes, not ${bytes}`;
  return { field: "", reason: "too_large", message };
}

function refuse(errors: ErrorEntry[]): Answer {
  return { status: 400, body: { errors } };
}
