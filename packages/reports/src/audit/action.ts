/** Whoever did something, and by which way. */
export type Actor = {
  /** A user's name; `operator` or `reader` where there is one password for all, `API token`, or the user of the machine. */
  user: string;
  via: "page" | "API" | "Bull Board" | "command line";
  /** The address, or the machine's name. */
  from?: string;
};

/** What it was done to. */
export type Subject = {
  kind: "connection" | "source" | "messages" | "replay" | "erasure" | "alerts";
  id?: string;
  /** At that time; absent where it has none. */
  name?: string;
};

/** One field that was changed. A secret is told as `(secret)`, what is not there as `null`. */
export type FieldChange = [field: string, from: string | null, to: string | null];

export type Action = {
  /** Such as `connection.pause`. */
  action: string;
  by: Actor;
  subject?: Subject;
  changes?: FieldChange[];
  /** Such as how many messages. */
  details?: { [name: string]: string | number };
};

/** An action as it was recorded. */
export type RecordedAction = Action & {
  /** Larger than those of earlier ones. */
  id: string;
  atMs: number;
};
