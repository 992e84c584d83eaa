import { nameKey } from "@customerio-router/connections";
import type { OpenFile } from "../file/read-config-file.ts";
import type { Installation } from "./installation.ts";
import { planAlerts } from "./plan-alerts.ts";
import { planConnections } from "./plan-connections.ts";
import type { PlanContext, PlanOptions } from "./plan-context.ts";
import { planRules } from "./plan-rules.ts";
import { planSources } from "./plan-sources.ts";
import type { Plan } from "./step.ts";

/**
 * Compares a file with what is stored. Saves nothing.
 * @throws CommandError with every problem, each with its line and column
 */
export async function makePlan(
  { file, problems }: OpenFile,
  installation: Installation,
  options: PlanOptions,
): Promise<Plan> {
  const ids = installation.stored.connections.map(({ name, id }): [string, string] => [nameKey(name), id]);
  const context: PlanContext = { ...options, file, problems, installation, connectionIds: new Map(ids) };
  const connections = await planConnections(context);
  const rules = await planRules(context);
  const sources = await planSources(context, connections.ownKinds);
  const alerts = await planAlerts(context);
  problems.throwIfAny();
  return {
    // Rules are there before messages come, and sources stand for themselves before their connections change.
    steps: [
      ...connections.added,
      ...rules,
      ...sources.saved,
      ...connections.changed,
      ...alerts.saved,
      ...sources.removed,
      ...connections.removed,
      ...alerts.removed,
    ],
    left: [...connections.left, ...sources.left, ...alerts.left],
  };
}
