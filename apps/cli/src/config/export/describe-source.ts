import type { ShownSource } from "@customerio-router/connections";
import { escapeVariables } from "../file/expand-variables.ts";
import type { Installation } from "../plan/installation.ts";
import type { VariableNames } from "./variable-names.ts";

export function describeSource(
  source: ShownSource,
  options: { installation: Installation; variables: VariableNames; writeKeysAsVariables: boolean },
): object {
  const { name, kind, writeKeys, origins, messagesPerSecond, paused } = source;
  const { installation, variables, writeKeysAsVariables } = options;
  const known = installation.stored.connections;
  return {
    name,
    kind,
    writeKeys: writeKeys.map(({ key }) =>
      writeKeysAsVariables ? `\${${variables.make(name, "WRITE_KEY")}}` : escapeVariables(key),
    ),
    ...(origins.length > 0 && { origins }),
    connections: known
      .filter(({ id }) => source.connections.includes(id))
      .map((connection) => connection.name),
    ...(messagesPerSecond !== null && { messagesPerSecond }),
    ...(paused && { paused }),
  };
}
