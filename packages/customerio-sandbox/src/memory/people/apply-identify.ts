import { changeRelationships } from "../objects/relationships.ts";
import type { JsonMap, PersonOperation } from "../operation.ts";
import type { Workspace } from "../workspace.ts";
import { identifyPerson } from "./identify-person.ts";

type Identify = Extract<PersonOperation, { action: "identify" }>;

export function applyIdentify(workspace: Workspace, operation: Identify, nowMs: number): boolean {
  const { people, objects, activities } = workspace;
  const { identifiers, attributes = {}, cio_relationships = [] } = operation;
  const timestamp = operation.timestamp ?? Math.floor(nowMs / 1_000);
  const identified = identifyPerson(people, { identifiers, attributes, timestamp }, nowMs);
  if (identified === undefined) return false;

  const { person, changed, failed } = identified;
  const anonymousId = attributes.anonymous_id;
  if (typeof anonymousId === "string" && anonymousId !== "") {
    if (activities.adopt(anonymousId, person, nowMs)) objects.adopt(anonymousId, person);
    else failed.push("anonymous_id");
  }
  const what = { person, identifiers, timestamp: operation.timestamp, receivedAtMs: nowMs };
  if (changed.length > 0) {
    const data = pick({ ...identifiers, ...attributes }, changed);
    activities.add({ type: "Attribute change", name: changed.join(", "), ...what, data });
  }
  if (failed.length > 0) {
    const data = pick(attributes, failed);
    activities.add({ type: "Failed attribute change", name: failed.join(", "), ...what, data });
  }
  changeRelationships(
    workspace,
    { person, identifiers, operation: { action: "add_relationships", cio_relationships } },
    nowMs,
  );
  return true;
}

function pick(attributes: JsonMap, names: string[]): JsonMap {
  return Object.fromEntries(
    names.filter((name) => name in attributes).map((name) => [name, attributes[name]]),
  );
}
