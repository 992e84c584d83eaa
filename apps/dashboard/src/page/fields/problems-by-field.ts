import type { ConnectionProblem } from "@customerio-router/connections";
import type { TextFields } from "../text-fields.ts";

/** Problems by the name of the field they are shown at. */
export function problemsByField(problems: readonly ConnectionProblem[]): TextFields {
  return Object.fromEntries(problems.map(({ field, message }) => [field, message]));
}
