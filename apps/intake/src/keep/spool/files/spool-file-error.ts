/** SQLite's primary result codes that change what the spool does. */
const codes: { readonly [code: number]: "busy" | "input/output" | "damaged" | "full" } = {
  5: "busy",
  10: "input/output",
  11: "damaged",
  13: "full",
  26: "damaged",
};

/** What SQLite's error says; undefined for any other error. */
export function sqliteCode(error: unknown): (typeof codes)[number] | undefined {
  const { errcode } = error as { errcode?: number };
  // The upper bits tell more of it.
  return errcode === undefined ? undefined : codes[errcode & 0xff];
}

/** Whether the file itself is bad: trying again is of no use. A table that is missing is damage, too. */
export function isDamage(error: unknown): boolean {
  return sqliteCode(error) === "damaged" || /no such table|malformed/.test(String(error));
}

/** Only an error's message gets from the spool's thread to others: it names the disk where that is the trouble. */
export function nameDiskError(error: unknown): unknown {
  const code = sqliteCode(error);
  if (code === "full") return new Error("the disk is full", { cause: error });
  if (code === "input/output") return new Error("the disk cannot be written", { cause: error });
  return error;
}
