import { isDeepStrictEqual } from "node:util";
import {
  nameKey,
  type ShownSource,
  type SourceInput,
  type SourceKind,
  type SourcePatch,
  validateSource,
} from "@customerio-router/connections";
import type { Entry } from "../file/config-file.ts";
import { sourceFields } from "../file/entries/source-entry.ts";
import { show } from "./leaves.ts";
import type { PlanContext } from "./plan-context.ts";

/** `connections` has names: some connections may have no id yet. */
export type SourceChange = { patch: SourcePatch; details: string[]; isReset: boolean };

/** A paused source stays so unless the file says otherwise. */
const defaults = { origins: [], connections: [], messagesPerSecond: null };

/**
 * How a source differs from what the file says of it.
 * @param stored.kind the kind that it has once its connections are as the file says
 */
export function changeOf(
  entry: Entry,
  { former, kind }: { former: ShownSource; kind: SourceKind },
  context: PlanContext,
): SourceChange {
  const given = sourceFields(entry);
  const wanted = { ...fieldsOf(former, context), ...(context.isPruning && defaults), ...given };
  const checked = validateSource(wanted as SourceInput);
  if (!checked.ok) {
    for (const { field, message } of checked.problems) {
      context.problems.add([...entry.path, ...field.split(".")], message);
    }
    return { patch: {}, details: [], isReset: false };
  }
  const before = { ...fieldsOf(former, context), kind };
  const change: SourceChange = { patch: {}, details: [], isReset: false };
  const names = ["name", "kind", "origins", "connections", "messagesPerSecond", "paused"] as const;
  for (const name of names) {
    // A kind that the file leaves out stays as it is.
    if (name === "kind" && given.kind === undefined) continue;
    const after = checked.draft[name];
    if (isDeepStrictEqual(comparable(name, before[name]), comparable(name, after))) continue;
    Object.assign(change.patch, { [name]: after });
    change.details.push(`${name}: ${show(before[name])} → ${show(after)}`);
    change.isReset ||= given[name] === undefined;
  }
  return change;
}

function fieldsOf(source: ShownSource, { installation }: PlanContext) {
  const { name, kind, origins, messagesPerSecond, paused } = source;
  const { connections: known } = installation.stored;
  const connections = source.connections.flatMap((id) => known.find((one) => one.id === id)?.name ?? []);
  return { name, kind, origins, connections, messagesPerSecond, paused };
}

/** The order of lists means nothing, nor does the case of names of connections. */
function comparable(name: string, value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((text: string) => (name === "connections" ? nameKey(text) : text)).sort();
}
