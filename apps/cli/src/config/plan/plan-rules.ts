import { isDeepStrictEqual } from "node:util";
import type { ConnectionRules } from "@customerio-router/connections";
import { nameKey } from "@customerio-router/connections";
import { CommandError } from "../../command-error.ts";
import type { Entry } from "../file/config-file.ts";
import { rulesOf, saltOf } from "../file/entries/connection-entry.ts";
import { findByName } from "./installation.ts";
import type { PlanContext } from "./plan-context.ts";
import { requireSaved } from "./saved.ts";
import type { Step } from "./step.ts";

const none: ConnectionRules = { version: 0, rules: [], salted: false };

/** The rules of a connection are a record of their own, with a version. */
export async function planRules(context: PlanContext): Promise<Step[]> {
  const steps: Step[] = [];
  for (const entry of context.file.connections ?? []) {
    const step = await planConnectionRules(entry, context);
    if (step) steps.push(step);
  }
  return steps;
}

async function planConnectionRules(entry: Entry, context: PlanContext): Promise<Step | undefined> {
  const { installation, isPruning, connectionIds } = context;
  const { stored, rules } = installation;
  const id = findByName(stored.connections, entry.name)?.id;
  const former = (id === undefined ? undefined : await rules.read(id)) ?? none;
  const [named, salt] = [rulesOf(entry), saltOf(entry)];
  const wanted = named ?? (isPruning ? [] : former.rules);
  const details = describeRules(former.rules, wanted);
  const losesSalt = isPruning && salt === undefined && former.salted;
  if (losesSalt) details.push("salt: removed");
  const isSalted = salt === undefined || (id !== undefined && (await rules.hasSalt(id, salt)));
  if (!isSalted) details.push("salt: changed");
  if (details.length === 0) return undefined;
  return {
    act: "change",
    what: `rules of connection ${JSON.stringify(entry.name)}`,
    details,
    isPruning: losesSalt || (named === undefined && former.rules.length > wanted.length),
    async run() {
      const saved = await rules.put(connectionIds.get(nameKey(entry.name)) ?? "", {
        version: former.version,
        rules: wanted,
        ...(losesSalt && { salt: null }),
        ...(!isSalted && { salt }),
      });
      if (saved && !saved.ok && saved.why === "conflict")
        throw new CommandError("somebody saved rules meanwhile");
      requireSaved(saved);
    },
  };
}

function describeRules(former: ConnectionRules["rules"], latter: ConnectionRules["rules"]): string[] {
  const removed = former.filter(({ name }) => findByName(latter, name) === undefined);
  const details = latter.flatMap((rule) => {
    const before = findByName(former, rule.name);
    if (before === undefined) return `rule ${JSON.stringify(rule.name)}: added`;
    return isDeepStrictEqual(before, rule) ? [] : `rule ${JSON.stringify(rule.name)}: changed`;
  });
  details.push(...removed.map(({ name }) => `rule ${JSON.stringify(name)}: removed`));
  const isOnlyMoved = details.length === 0 && !isDeepStrictEqual(former, latter);
  return isOnlyMoved ? ["rules: in another order"] : details;
}
