import type { ConnectionPart, SourcePart } from "./commit.ts";
import type { ConnectionRecord } from "./connection-record.ts";

/**
 * What of a change only versions of the newest format can handle: the others fail on a connection without a write key, look for
 * a connection under a source's id, and send what these settings withhold. Undefined where all of it is as before.
 */
export function nameNewestPart(parts: {
  connections: ConnectionPart[];
  sources: SourcePart[];
}): string | undefined {
  if (parts.sources.some(({ former, latter }) => former === undefined && latter !== undefined)) {
    return "Sources that are not simply a connection's own";
  }
  for (const { former, latter } of parts.connections) {
    if (latter === undefined) continue;
    if (latter.writeKey === undefined && (former === undefined || former.record.writeKey !== undefined)) {
      return "Connections without a source of their own";
    }
    for (const [setting, isUsed] of Object.entries(newestSettings)) {
      if (isUsed(latter.settings) && !(former && isUsed(former.record.settings))) {
        return `Connections with the setting \`${setting}\``;
      }
    }
  }
  return undefined;
}

type Settings = ConnectionRecord["settings"];

const newestSettings: { [setting: string]: (settings: Settings) => boolean } = {
  delivery: ({ delivery }) => delivery === "shadow",
  consentCategories: ({ consentCategories }) =>
    Array.isArray(consentCategories) && consentCategories.length > 0,
  aliasFromClients: ({ aliasFromClients }) => aliasFromClients === false,
};
