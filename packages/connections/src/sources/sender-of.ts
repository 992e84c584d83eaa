import type { ShownSource } from "./source-store.ts";

/** Of the sources that feed a connection, the one to send with: its own if it has one, else one that lets calls through. */
export function senderOf(
  connectionId: string,
  sources: readonly ShownSource[],
): { source: ShownSource; writeKey: string } | undefined {
  const own = sources.find(({ id }) => id === connectionId);
  const source = own ?? sources.find(({ paused }) => !paused) ?? sources[0];
  const writeKey = source?.writeKeys.at(-1)?.key;
  return source && writeKey !== undefined ? { source, writeKey } : undefined;
}
