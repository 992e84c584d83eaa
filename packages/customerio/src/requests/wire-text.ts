import type { Operation } from "../operation.ts";
import { metricBody } from "./metric-request.ts";

/** The item of a batch: everything but the note on its route. A delivery metric goes alone, in a body of its own. */
export function wireText(operation: Operation): string {
  if (!("route" in operation)) return JSON.stringify(operation);
  if (operation.route === "v1-metrics") return metricBody(operation);
  const { route: _, ...item } = operation;
  return JSON.stringify(item);
}
