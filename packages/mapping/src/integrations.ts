import { isObject, valueAt } from "@customerio-router/messages";

/** The name callers know this destination by. */
const ourName = "Customer.io";

/** The field by which a call keeps itself from Customer.io; undefined for a call that may go there. */
export function findOptOut(call: unknown): string | undefined {
  const integrations = valueAt(call, "integrations");
  const ours = valueAt(integrations, ourName);
  if (ours === false) return `integrations.${ourName}`;
  const isWanted = ours === true || isObject(ours);
  return valueAt(integrations, "All") === false && !isWanted ? "integrations.All" : undefined;
}
