/**
 * A job's data as Bull Board shows it: without the write keys that messages intake could not read still carry. Nothing else is
 * touched, because what is shown there is what an edit of the job saves.
 */
export function hideWriteKeys(data: unknown): unknown {
  if (!isObject(data) || !Array.isArray(data.entries)) return data;
  return { ...data, entries: data.entries.map(hideInEntry) };
}

function hideInEntry(entry: unknown): unknown {
  if (!isObject(entry) || !isObject(entry.message) || !("writeKey" in entry.message)) return entry;
  return { ...entry, message: { ...entry.message, writeKey: "(hidden)" } };
}

function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === "object" && value !== null;
}
