import { hasEntries, hasMessage } from "./read-job-data.ts";

/** How parts of a job's data are changed. */
type JobDataChanges = {
  message: (message: unknown) => unknown;
  /** Every other field of the data or of an entry; each stays as it is where this is absent. */
  other?: (name: string, value: unknown) => unknown;
};

/** A copy of a job's data with its messages changed, in the shape it has, as `readJobData` finds them. Never throws. */
export function changeJobData(data: unknown, { message, other = keep }: JobDataChanges): unknown {
  const changeEntry = (entry: unknown) =>
    hasMessage(entry)
      ? changeFields(entry, (name, value) => (name === "message" ? message(value) : other(name, value)))
      : message(entry);
  const changeEntries = (entries: unknown) =>
    Array.isArray(entries) ? entries.map(changeEntry) : message(entries);
  if (!hasEntries(data)) return message(data);
  return changeFields(data, (name, value) =>
    name === "entries" || name === "rejected" ? changeEntries(value) : other(name, value),
  );
}

function keep(_: string, value: unknown): unknown {
  return value;
}

function changeFields(holder: object, change: (name: string, value: unknown) => unknown): unknown {
  return Object.fromEntries(Object.entries(holder).map(([name, value]) => [name, change(name, value)]));
}
