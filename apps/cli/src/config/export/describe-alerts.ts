import { type Channel, defaultAlertSettings, type StoredAlerts } from "@customerio-router/alerts";
import { changedLeaves, fromLeaves, leavesOf } from "../plan/leaves.ts";
import type { VariableNames } from "./variable-names.ts";

/** Undefined where nobody set anything. */
export function describeAlerts(
  { settings, channels }: StoredAlerts,
  variables: VariableNames,
): object | undefined {
  const changed = changedLeaves(leavesOf(defaultAlertSettings), leavesOf(settings));
  if (changed.length + channels.length === 0) return undefined;
  return {
    ...(changed.length > 0 && { settings: fromLeaves(changed) }),
    ...(channels.length > 0 && { channels: channels.map((channel) => describeChannel(channel, variables)) }),
  };
}

function describeChannel(channel: Channel, variables: VariableNames): object {
  const { id: _id, createdAt: _createdAt, ...fields } = channel;
  const secret = (name: string) => `\${${variables.make(channel.name, name)}}`;
  if (fields.kind === "webhook") {
    const { name, kind, template } = fields;
    return {
      name,
      kind,
      url: secret("URL"),
      secret: secret("SECRET"),
      ...(template !== undefined && { template }),
    };
  }
  const { name, kind, ...rest } = fields;
  return { name, kind, ...rest, ...(rest.user !== undefined && { password: secret("PASSWORD") }) };
}
