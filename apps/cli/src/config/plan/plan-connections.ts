import {
  type Connection,
  deleteConnection,
  nameKey,
  readOverviews,
  type SourceKind,
  testKeys,
} from "@customerio-router/connections";
import { createBackend } from "@customerio-router/queue";
import type { Entry } from "../file/config-file.ts";
import { checkConnectionFields, connectionFields } from "../file/entries/connection-entry.ts";
import { type ConnectionChange, changeOf } from "./connection-change.ts";
import { findByName, unnamed } from "./installation.ts";
import type { PlanContext } from "./plan-context.ts";
import { requireSaved } from "./saved.ts";
import type { Step } from "./step.ts";

type ConnectionPlan = {
  added: Step[];
  changed: Step[];
  removed: Step[];
  left: string[];
  /** The kinds that connections' own sources have once the connections are changed, by id. */
  ownKinds: Map<string, SourceKind>;
};

export async function planConnections(context: PlanContext): Promise<ConnectionPlan> {
  const { file, installation, isPruning } = context;
  const { connections } = installation.stored;
  const plan: ConnectionPlan = { added: [], changed: [], removed: [], left: [], ownKinds: new Map() };
  if (file.connections === undefined) return plan;
  for (const entry of file.connections) {
    const former = findByName(connections, entry.name);
    if (former === undefined) plan.added.push(await planAdded(entry, context));
    else {
      const change = await changeOf(entry, former, context);
      if (former.writeKey !== undefined) {
        plan.ownKinds.set(former.id, change.settings.destructiveEvents ? "server" : "browser");
      }
      if (change.details.length > 0) plan.changed.push(await planChanged(entry, { former, change }, context));
    }
  }
  const rest = unnamed(connections, file.connections);
  if (isPruning) plan.removed = await planRemoved(rest, context);
  else plan.left = rest.map(({ name }) => `connection ${JSON.stringify(name)}`);
  return plan;
}

async function planAdded(entry: Entry, context: PlanContext): Promise<Step> {
  const { problems, file, installation, connectionIds, keys } = context;
  const { path } = entry;
  const { trackUrl, ...fields } = connectionFields(entry);
  const given = { ...fields, ...(trackUrl != null && { trackUrl }) };
  checkConnectionFields({ region: "us", ...given }, { path, problems, apiKeyNeeded: true });
  const { siteId, apiKey } = fields;
  let { region } = fields;
  if (siteId !== undefined && apiKey !== undefined) {
    region = await findRegion(
      { siteId, apiKey, region, trackUrl: trackUrl ?? undefined },
      { entry, context },
    );
  }
  if (region === undefined && keys === "trust") {
    problems.add(path, "Choose the region, us or eu: without a check of the keys it cannot be found.");
  }
  connectionIds.set(nameKey(entry.name), "");
  return {
    act: "add",
    what: `connection ${JSON.stringify(entry.name)}`,
    details: [],
    isPruning: false,
    async run() {
      const made = requireSaved(
        await installation.store.create({
          ...given,
          siteId: siteId ?? "",
          apiKey: apiKey ?? "",
          region: region ?? "us",
          // A file that names its sources joins them; otherwise one of the connection's own is made.
          ...(file.sources && { sources: [] }),
        }),
      );
      connectionIds.set(nameKey(entry.name), made.connection.id);
    },
  };
}

type Changed = { former: Connection; change: ConnectionChange };

async function planChanged(entry: Entry, { former, change }: Changed, context: PlanContext): Promise<Step> {
  const { installation } = context;
  const { patch } = change;
  const { siteId, apiKey, region, trackUrl } = patch;
  if ([siteId, apiKey, region, trackUrl].some((value) => value !== undefined)) {
    const keys = {
      siteId: siteId ?? former.siteId,
      apiKey,
      region: region ?? former.region,
      trackUrl: trackUrl === undefined ? former.trackUrl : (trackUrl ?? undefined),
    };
    await findRegion(keys, { entry, context, former });
  }
  return {
    act: "change",
    what: `connection ${JSON.stringify(entry.name)}`,
    details: change.details,
    isPruning: change.isPruning,
    async run() {
      requireSaved(await installation.store.update(former.id, patch));
    },
  };
}

type Keys = Parameters<typeof testKeys>[1];

/** The region to save; a problem where Customer.io refuses the keys. */
async function findRegion(
  keys: Keys,
  { entry, context, former }: { entry: Entry; context: PlanContext; former?: Connection },
): Promise<Connection["region"] | undefined> {
  const { installation, problems } = context;
  const isForbidden = keys.trackUrl !== undefined && !installation.allowCustomTrackUrl;
  if (context.keys !== "ask" && !isForbidden) return keys.region;
  const checked = await testKeys(installation, keys, former);
  if (checked.ok) return checked.region;
  problems.add([...entry.path, checked.field], checked.message);
  return keys.region;
}

async function planRemoved(connections: Connection[], { installation }: PlanContext): Promise<Step[]> {
  const { redis } = installation;
  const backend = createBackend(redis);
  const { overviews } = await readOverviews({ redis, connections, queueOf: (id) => backend.queue(id) });
  return overviews.map(({ connection, messagesWaiting, messagesFailed }) => ({
    act: "remove",
    what: `connection ${JSON.stringify(connection.name)}`,
    details: [`with its messages: ${messagesWaiting} waiting, ${messagesFailed} failed`],
    isPruning: true,
    async run() {
      await deleteConnection(installation, connection.id);
    },
  }));
}
