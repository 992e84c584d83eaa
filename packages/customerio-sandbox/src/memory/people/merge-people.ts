import type { Identifiers } from "../operation.ts";
import type { Workspace } from "../workspace.ts";
import { isIdentifying, nameOf } from "./person.ts";

/**
 * Fills what is unset on the primary with the secondary's, moves the secondary's last 30 days and erases them. Does
 * nothing unless both exist. Source: the description of `/api/v1/merge_customers`.
 */
export function mergePeople(
  { people, activities }: Workspace,
  { primary, secondary }: { primary: Identifiers; secondary: Identifiers },
  nowMs: number,
): boolean {
  const into = people.find(primary);
  const from = people.find(secondary);
  if (into === undefined || from === undefined || into === from) return false;

  activities.move(from, into, nowMs);
  people.erase(from);
  for (const [name, attribute] of from.attributes) {
    if (into.attributes.get(name)?.value !== undefined) continue;
    if (isIdentifying(name)) people.rename(into, name, attribute.value as string | undefined);
    into.attributes.set(name, attribute);
  }
  into.updatedAtMs = nowMs;
  const merged = { type: "People merged", name: nameOf(from), person: into } as const;
  activities.add({ ...merged, identifiers: primary, receivedAtMs: nowMs, data: { primary, secondary } });
  return true;
}
