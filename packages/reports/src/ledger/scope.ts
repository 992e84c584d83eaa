import type { Entry } from "@customerio-router/messages";

/** Sources of a connection that are counted apart; what comes of others is counted together, as "other". */
export const maxSources = 25;

/** The messages of sources beyond the first 25. */
export const otherSources = "other";

/** Messages of no known source: of a version that did not note it, or received before the ledger counted by source. */
export const unknownSource = "unknown";

const idOfSource = /^[\w-]{1,64}$/;

/** The source of a message; undefined where the message does not say it, or a person edited its id to what is none. */
export function sourceOf({ from }: Entry): string | undefined {
  const source = from?.source;
  return typeof source === "string" && idOfSource.test(source) ? source : undefined;
}

/** Ends the names of what is counted of one source. Empty without one: of the connection. */
export function suffixOf(source: string | undefined): string {
  return source === undefined ? "" : `~${source}`;
}

/** The day, or the totals where it is empty, of all messages or of those of one source. */
export type Scope = { day: string; source: string | undefined };

export function readScope(text: string): Scope {
  const [day = "", source] = text.split("~");
  return { day, source };
}
