import { maxWriteKeys, type SourceInput, validateSource } from "@customerio-router/connections";
import type { Entry } from "../config-file.ts";
import type { ProblemList } from "../problem-list.ts";

/** The fields of a source apart from its write keys; `connections` has names. */
export function sourceFields({ fields }: Entry): Partial<SourceInput> {
  const { writeKeys: _apart, ...rest } = fields;
  return rest;
}

/** Undefined when the file does not name them. */
export function writeKeysOf({ fields }: Entry): string[] | undefined {
  return fields.writeKeys as string[] | undefined;
}

export function checkSourceEntry(
  entry: Entry,
  { problems, seenKeys }: { problems: ProblemList; seenKeys: Set<string> },
): void {
  const { path, fields } = entry;
  const { writeKey, ...rest } = sourceFields(entry);
  if (writeKey !== undefined) problems.add([...path, "writeKey"], "Unknown: write a list, `writeKeys`.");
  if (!isListOfNames(rest.connections)) {
    problems.add(
      [...path, "connections"],
      "Write a list of names of connections, such as [Production, Staging].",
    );
  }
  // A source that is stored already has a kind; one with origins must be a browser's.
  const checked = validateSource({
    kind: rest.origins === undefined ? "server" : "browser",
    ...rest,
  } as SourceInput);
  for (const { field, message } of checked.ok ? [] : checked.problems) {
    problems.add([...path, ...field.split(".")], message);
  }
  if (fields.writeKeys !== undefined) checkWriteKeys(entry, { problems, seenKeys });
}

function isListOfNames(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every((name) => typeof name === "string"));
}

function checkWriteKeys(
  { fields: { writeKeys }, path }: Entry,
  { problems, seenKeys }: { problems: ProblemList; seenKeys: Set<string> },
): void {
  const at = [...path, "writeKeys"];
  if (!Array.isArray(writeKeys) || writeKeys.length === 0 || writeKeys.length > maxWriteKeys) {
    problems.add(at, `The write keys must be a list of one to ${maxWriteKeys}.`);
    return;
  }
  writeKeys.forEach((key: unknown, index) => {
    const checked = validateSource({ name: "any", kind: "server", writeKey: key as string });
    for (const { message } of checked.ok ? [] : checked.problems) problems.add([...at, index], message);
    if (typeof key !== "string" || !checked.ok) return;
    if (seenKeys.has(key)) problems.add([...at, index], "The file has this write key twice.");
    seenKeys.add(key);
  });
}
