import { jsonBytesAtMost } from "./json-size.ts";
import { limits } from "./limits.ts";
import type { Problem } from "./problem.ts";

/** Adds a problem, and returns false, where `value` is no JSON, nested too deep or over `limit` bytes of JSON. */
export function checkJson(
  value: unknown,
  { field, limit }: { field: string; limit: number },
  problems: Problem[],
): boolean {
  const subject = field === "" ? "The operation" : field;
  const bytes = jsonBytesAtMost(value);
  if (Number.isNaN(bytes)) {
    const message = `${subject} must be JSON, nested at most ${limits.jsonDepth} deep`;
    problems.push({ field, reason: "invalid_type", message });
    return false;
  }
  const exact = bytes > limit ? Buffer.byteLength(JSON.stringify(value)) : bytes;
  if (exact <= limit) return true;
  problems.push({
    field,
    reason: "too_large",
    message: `${subject} must be at most ${limit} bytes, not ${exact}`,
  });
  return false;
}
