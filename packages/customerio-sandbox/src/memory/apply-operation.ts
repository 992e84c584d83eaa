import { applyObjectOperation } from "./objects/apply-object-operation.ts";
import type { Operation } from "./operation.ts";
import { applyPersonOperation } from "./people/apply-person-operation.ts";
import type { Workspace } from "./workspace.ts";

/** Does to the workspace what Customer.io would. False: it took the operation and did nothing with it. */
export function applyOperation(workspace: Workspace, operation: Operation, nowMs: number): boolean {
  switch (operation.type) {
    case "person":
      return applyPersonOperation(workspace, operation, nowMs);
    case "object":
      return applyObjectOperation(workspace, operation, nowMs);
    case "delivery": {
      const { identifiers, name, timestamp, attributes: data } = operation;
      const what = { name, identifiers, timestamp, receivedAtMs: nowMs, data };
      workspace.activities.add({ type: "Delivery event", ...what });
      return true;
    }
  }
}
