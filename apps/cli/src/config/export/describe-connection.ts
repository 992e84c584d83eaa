import { type Connection, connectionSettings } from "@customerio-router/connections";
import type { Installation } from "../plan/installation.ts";
import { changedLeaves, fromLeaves, leavesOf } from "../plan/leaves.ts";
import type { VariableNames } from "./variable-names.ts";

const defaults = leavesOf(connectionSettings.parse({}));

export async function describeConnection(
  { id, name, siteId, region, trackUrl, settings }: Connection,
  { installation, variables }: { installation: Installation; variables: VariableNames },
): Promise<object> {
  const changed = changedLeaves(defaults, leavesOf(settings));
  const { rules = [], salted } = (await installation.rules.read(id)) ?? {};
  return {
    name,
    siteId,
    apiKey: `\${${variables.make(name, "API_KEY")}}`,
    region,
    ...(trackUrl !== undefined && { trackUrl }),
    ...(changed.length > 0 && { settings: fromLeaves(changed) }),
    ...(salted && { salt: `\${${variables.make(name, "SALT")}}` }),
    ...(rules.length > 0 && { rules }),
  };
}
