import { isDeepStrictEqual } from "node:util";
import {
  type AlertSettings,
  type Channel,
  ChannelSecretError,
  type ChannelSecrets,
  defaultAlertSettings,
} from "@customerio-router/alerts";
import { nameKey } from "@customerio-router/connections";
import type { Entry } from "../file/config-file.ts";
import { findByName, unnamed } from "./installation.ts";
import { changedLeaves, describeLeaves, leavesOf, show } from "./leaves.ts";
import type { PlanContext } from "./plan-context.ts";
import { requireSaved } from "./saved.ts";
import type { Step } from "./step.ts";

type AlertPlan = { saved: Step[]; removed: Step[]; left: string[] };

export async function planAlerts(context: PlanContext): Promise<AlertPlan> {
  const { file, installation, isPruning } = context;
  const { channels } = installation.stored.alerts;
  const settings = planSettings(context);
  const plan: AlertPlan = { saved: settings ? [settings] : [], removed: [], left: [] };
  if (file.alerts.channels === undefined) return plan;
  for (const entry of file.alerts.channels) {
    const former = findByName(channels, entry.name);
    const step = former ? planChanged(entry, former, context) : planAdded(entry, context);
    if (step) plan.saved.push(step);
  }
  const rest = unnamed(channels, file.alerts.channels);
  if (isPruning) plan.removed = rest.map((channel) => planRemoved(channel, context));
  else plan.left = rest.map(({ name }) => `alert channel ${JSON.stringify(name)}`);
  return plan;
}

function planSettings({ file, installation, isPruning }: PlanContext): Step | undefined {
  const given = file.alerts.settings as Partial<AlertSettings> | undefined;
  if (given === undefined) return undefined;
  const former = installation.stored.alerts.settings;
  const wanted = { ...(isPruning ? defaultAlertSettings : former), ...given };
  const [before, after] = [leavesOf(former), leavesOf(wanted)];
  const details = describeLeaves(before, after);
  if (details.length === 0) return undefined;
  return {
    act: "change",
    what: "alert settings",
    details,
    isPruning: changedLeaves(before, after).some(([name]) => !(name in given)),
    async run() {
      requireSaved(await installation.alerts.saveSettings(wanted));
    },
  };
}

function planAdded(entry: Entry, { installation }: PlanContext): Step {
  return {
    act: "add",
    what: `alert channel ${JSON.stringify(entry.name)}`,
    details: [],
    isPruning: false,
    async run() {
      requireSaved(await installation.alerts.createChannel(entry.fields));
    },
  };
}

/** Secrets are compared, never shown. */
function planChanged(entry: Entry, former: Channel, context: PlanContext): Step | undefined {
  const { installation, isPruning, problems } = context;
  if (entry.fields.kind !== former.kind) {
    problems.add(
      [...entry.path, "kind"],
      `A channel keeps its kind, ${former.kind}: give this one another name.`,
    );
  }
  const isAmbiguous =
    installation.stored.alerts.channels.filter(({ name }) => nameKey(name) === nameKey(former.name)).length >
    1;
  if (isAmbiguous) {
    problems.add(
      [...entry.path, "name"],
      "Several stored channels have this name: rename them on the page Alerts.",
    );
  }
  const secrets = secretsOf(former, context);
  const before: Record<string, unknown> = { ...former, ...secrets };
  const isSecret = (name: string) => ["url", "secret", "password"].includes(name);
  const given = Object.entries(entry.fields).filter(
    ([name, value]) => !isDeepStrictEqual(comparable(before[name]), comparable(value)),
  );
  const dropped = isPruning
    ? ["template", "user", "password"].filter((name) => name in before && !(name in entry.fields))
    : [];
  if (given.length + dropped.length === 0) return undefined;
  return {
    act: "change",
    what: `alert channel ${JSON.stringify(entry.name)}`,
    details: [
      ...given.map(([name, value]) =>
        isSecret(name) ? `${name}: changed` : `${name}: ${show(before[name])} → ${show(value)}`,
      ),
      ...dropped.map((name) => `${name}: removed`),
    ],
    isPruning: dropped.length > 0,
    async run() {
      const nulls = Object.fromEntries(dropped.map((name) => [name, null]));
      const patch = { ...Object.fromEntries(given), ...nulls };
      requireSaved(await installation.alerts.updateChannel(former.id, patch));
    },
  };
}

function secretsOf({ id }: Channel, { installation }: PlanContext): ChannelSecrets {
  try {
    return installation.alerts.secretsOf(installation.stored.alerts, id);
  } catch (error) {
    // What cannot be decrypted is saved anew.
    if (error instanceof ChannelSecretError) return {};
    throw error;
  }
}

function comparable(value: unknown): unknown {
  return typeof value === "string" ? value.trim() : value;
}

function planRemoved(channel: Channel, { installation }: PlanContext): Step {
  return {
    act: "remove",
    what: `alert channel ${JSON.stringify(channel.name)}`,
    details: [],
    isPruning: true,
    async run() {
      await installation.alerts.removeChannel(channel.id);
    },
  };
}
