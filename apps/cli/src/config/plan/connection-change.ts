import {
  ApiKeyError,
  type Connection,
  type ConnectionPatch,
  type ConnectionSettings,
  connectionSettings,
} from "@customerio-router/connections";
import type { Entry } from "../file/config-file.ts";
import { checkConnectionFields, connectionFields } from "../file/entries/connection-entry.ts";
import { changedLeaves, describeLeaves, fromLeaves, leavesOf, show } from "./leaves.ts";
import type { PlanContext } from "./plan-context.ts";

export type ConnectionChange = {
  patch: ConnectionPatch;
  details: string[];
  isPruning: boolean;
  /** All settings, as they are afterwards. */
  settings: ConnectionSettings;
};

const defaults = leavesOf(connectionSettings.parse({}));

/** How a connection differs from what the file says of it. */
export async function changeOf(
  entry: Entry,
  former: Connection,
  context: PlanContext,
): Promise<ConnectionChange> {
  const { isPruning } = context;
  const { settings: given, apiKey, ...fields } = connectionFields(entry);
  if (isPruning && fields.trackUrl === undefined && former.trackUrl !== undefined) fields.trackUrl = null;
  const patch: ConnectionPatch = {};
  const details: string[] = [];
  for (const name of ["name", "siteId", "region", "trackUrl"] as const) {
    const [before, after] = [former[name] ?? null, fields[name]];
    if (after === undefined || after === before) continue;
    Object.assign(patch, { [name]: after });
    details.push(`${name}: ${show(before)} → ${show(after)}`);
  }
  if (apiKey !== undefined && !(await hasApiKey(former, apiKey, context))) {
    patch.apiKey = apiKey;
    details.push("apiKey: changed");
  }
  const wanted = await wantedSettings(given ?? {}, former, { entry, context });
  const [before, after] = [leavesOf(former.settings), leavesOf(wanted)];
  const settingDetails = describeLeaves(before, after, "settings.");
  if (settingDetails.length > 0) patch.settings = fromLeaves(changedLeaves(defaults, after));
  const isReset = changedLeaves(before, after).some(([name]) => !leavesOf(given ?? {}).has(name));
  return {
    patch,
    details: [...details, ...settingDetails],
    isPruning: isPruning && (isReset || patch.trackUrl === null),
    settings: wanted,
  };
}

/** What the file does not name stays, or goes back to its default; but no shadow goes live unless the file says so. */
async function wantedSettings(
  given: Record<string, unknown>,
  former: Connection,
  { entry: { path, fields }, context }: { entry: Entry; context: PlanContext },
): Promise<ConnectionSettings> {
  const { delivery } = former.settings;
  const base = context.isPruning ? [...defaults, ["delivery", delivery] as const] : leavesOf(former.settings);
  const merged = fromLeaves([...base, ...leavesOf(given)]);
  const { siteId, region } = former;
  checkConnectionFields(
    { name: fields.name, siteId, region, settings: merged },
    { path, problems: context.problems, apiKeyNeeded: false },
  );
  const checked = connectionSettings.safeParse(merged);
  return checked.success ? checked.data : former.settings;
}

/** @throws SecretKeyError without SECRET_KEY */
async function hasApiKey(
  former: Connection,
  apiKey: string,
  { installation }: PlanContext,
): Promise<boolean> {
  try {
    return (await installation.apiKeys.apiKeyOf(former.id)) === apiKey.trim();
  } catch (error) {
    // What cannot be decrypted is saved anew.
    if (error instanceof ApiKeyError) return false;
    throw error;
  }
}
