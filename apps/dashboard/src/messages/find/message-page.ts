import type { KnownMessage } from "./known-message.ts";

/** A page of messages, newest first. */
export type MessagePage = {
  messages: KnownMessage[];
  /** Where to search on; absent at the end. */
  next?: string;
  /** Since when records are kept, in Unix milliseconds. */
  sinceMs: number | undefined;
  /** Back to when was searched, in Unix milliseconds. */
  searchedToMs?: number;
  /** The name of the connection whose archive is being searched, of several. */
  searching?: string;
};
