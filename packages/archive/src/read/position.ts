/**
 * How far a reader has come. It stands for a line rather than a place in a file, because segments are merged and rewritten
 * while people turn pages.
 */
export type Position = {
  date: string;
  /** The segment's first outbox number for readers from the newest on, its last one for readers from the oldest on. */
  number: number;
  /** The whole segment is read; otherwise it is read up to this line, included. */
  done: boolean;
  /** Of the line; of a whole segment, that of its last line to be read. Empty if unknown. */
  settledAt: string;
  /** Of its messageId, which itself may name the person; undefined if unknown. */
  idHash: number | undefined;
};

/** Opaque text. */
export function writeCursor({ date, number, done, settledAt, idHash }: Position): string {
  return Buffer.from(JSON.stringify([date, number, done, settledAt, idHash])).toString("base64url");
}

/** @throws RangeError for text that `writeCursor` did not make. */
export function readCursor(cursor: string): Position {
  const [date, number, done, settledAt, id] = parts(cursor);
  if (
    typeof date !== "string" ||
    !/^\d{4}-\d{2}-\d{2}$/.test(date) ||
    !Number.isSafeInteger(number) ||
    typeof done !== "boolean" ||
    typeof settledAt !== "string" ||
    !(id === null || typeof id === "number")
  ) {
    throw new RangeError("The cursor is not one that the archive gave: begin without one");
  }
  return { date, number: number as number, done, settledAt, idHash: id ?? undefined };
}

function parts(cursor: string): unknown[] {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(read) ? read : [];
  } catch {
    // Refused by the caller, which says what to do.
    return [];
  }
}
