import type { ArchivedMessage } from "../archived-message.ts";
import type { Position } from "./position.ts";

/** A line that was looked for, or only how far the scan has come. */
export type ScanStep = {
  line?: ArchivedMessage;
  position: Position;
  /** The path of a segment that could not be read. */
  damaged?: string;
  /** About when the messages up to here were received, in Unix milliseconds. Undefined if the segment is damaged. */
  receivedMs?: number;
};

export type ScanOptions = { newestFirst: boolean; after?: Position | undefined };
