import {
  nameKey,
  type ShownSource,
  type SourceInput,
  type SourceKind,
  validateSource,
} from "@customerio-router/connections";
import type { Entry } from "../file/config-file.ts";
import { sourceFields } from "../file/entries/source-entry.ts";
import { findByName, unnamed } from "./installation.ts";
import type { PlanContext } from "./plan-context.ts";
import { requireSaved } from "./saved.ts";
import { changeOf } from "./source-change.ts";
import type { Step } from "./step.ts";
import { planWriteKeys, replaceWriteKeys } from "./write-keys.ts";

type SourcePlan = { saved: Step[]; removed: Step[]; left: string[] };

/** @param ownKinds see `planConnections` */
export async function planSources(
  context: PlanContext,
  ownKinds: ReadonlyMap<string, SourceKind>,
): Promise<SourcePlan> {
  const { file, installation, isPruning } = context;
  const { sources } = installation.stored;
  const plan: SourcePlan = { saved: [], removed: [], left: [] };
  if (file.sources === undefined) return plan;
  for (const entry of file.sources) {
    checkJoins(entry, context);
    const former = findByName(sources, entry.name);
    if (former === undefined) plan.saved.push(await planAdded(entry, context));
    else {
      const { step, left } = await planChanged(entry, { former, ownKinds }, context);
      plan.left.push(...left);
      if (step) plan.saved.push(step);
    }
  }
  const rest = unnamed(sources, file.sources);
  if (isPruning) plan.removed = rest.map((source) => planRemoved(source, context));
  else plan.left.push(...rest.map(({ name }) => `source ${JSON.stringify(name)}`));
  return plan;
}

/** The connections of the file are known, and those that are stored and stay. */
function checkJoins(
  { fields, path }: Entry,
  { file, connectionIds, isPruning, problems }: PlanContext,
): void {
  const names = (fields.connections as string[] | undefined) ?? [];
  names.forEach((name, index) => {
    const at = [...path, "connections", index];
    if (!connectionIds.has(nameKey(name))) {
      problems.add(
        at,
        `There is no connection ${JSON.stringify(name)}: add it to connections, or correct the name.`,
      );
    } else if (isPruning && file.connections && findByName(file.connections, name) === undefined) {
      problems.add(at, `--prune removes the connection ${JSON.stringify(name)}: add it to connections.`);
    }
  });
}

async function planAdded(entry: Entry, context: PlanContext): Promise<Step> {
  const { problems, installation } = context;
  const fields = sourceFields(entry) as SourceInput;
  const checked = validateSource(fields);
  for (const { field, message } of checked.ok ? [] : checked.problems) {
    problems.add([...entry.path, ...field.split(".")], message);
  }
  const { toAdd } = await planWriteKeys(entry, undefined, context);
  return {
    act: "add",
    what: `source ${JSON.stringify(entry.name)}`,
    details: [],
    isPruning: false,
    async run() {
      const [writeKey, ...more] = toAdd;
      const connections = (fields.connections ?? []).map((name) => idOf(name, context));
      const { source } = requireSaved(
        await installation.sources.create({ ...fields, connections, writeKey }),
      );
      for (const key of more) requireSaved(await installation.sources.addWriteKey(source.id, key));
    },
  };
}

async function planChanged(
  entry: Entry,
  { former, ownKinds }: { former: ShownSource; ownKinds: ReadonlyMap<string, SourceKind> },
  context: PlanContext,
): Promise<{ step: Step | undefined; left: string[] }> {
  const { installation, isPruning } = context;
  const change = changeOf(entry, { former, kind: ownKinds.get(former.id) ?? former.kind }, context);
  const writeKeys = await planWriteKeys(entry, former, context);
  const details = [...change.details, ...writeKeys.details];
  const left = writeKeys.left.map((key) => `write key ${key} of source ${JSON.stringify(former.name)}`);
  if (details.length === 0) return { step: undefined, left };
  const step: Step = {
    act: "change",
    what: `source ${JSON.stringify(entry.name)}`,
    details,
    isPruning: isPruning && (change.isReset || writeKeys.toRetire.length > 0),
    async run() {
      const { connections, ...patch } = change.patch;
      const joined = connections && { connections: connections.map((name) => idOf(name, context)) };
      const save = async () => {
        if (change.details.length === 0) return;
        requireSaved(await installation.sources.update(former.id, { ...patch, ...joined }));
      };
      await replaceWriteKeys({ sources: installation.sources, former, ...writeKeys, save });
    },
  };
  return { step, left };
}

function idOf(name: string, { connectionIds }: PlanContext): string {
  return connectionIds.get(nameKey(name)) ?? "";
}

function planRemoved(source: ShownSource, { installation }: PlanContext): Step {
  return {
    act: "remove",
    what: `source ${JSON.stringify(source.name)}`,
    details: ["its callers are refused"],
    isPruning: true,
    async run() {
      await installation.sources.remove(source.id);
    },
  };
}
