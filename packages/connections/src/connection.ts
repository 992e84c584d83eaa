import type { ConnectionSettings, ConnectionSettingsInput } from "./settings/connection-settings.ts";

/** Where a workspace's data lives; decides Customer.io's host. */
export type Region = "us" | "eu";

/** A Customer.io workspace, to which sources send. Its API key is never part of it: see `apiKeyOf`. */
export type Connection = {
  /** Lowercase letters and digits: safe in Redis keys and URLs. */
  id: string;
  /** Unique among connections, without regard to case. */
  name: string;
  /** The user name of Customer.io's Basic authentication. */
  siteId: string;
  region: Region;
  /** A stand-in for Customer.io; only where custom URLs are allowed. */
  trackUrl?: string;
  /** Of its own source, which has its id and its name; absent once somebody edited that source, and where it has none. */
  writeKey?: string;
  settings: ConnectionSettings;
  /** ISO 8601. */
  createdAt: string;
  /** ISO 8601; also moves when only the API key changes. */
  updatedAt: string;
};

export type ConnectionInput = {
  name: string;
  siteId: string;
  apiKey: string;
  region: Region;
  trackUrl?: string;
  /** Of its own source; made from random bytes when left out. */
  writeKey?: string;
  /** Ids of the sources that feed it, none perhaps; left out: a source of its own is made. */
  sources?: readonly string[];
  /** What is left out has its default. */
  settings?: ConnectionSettingsInput;
};

/** `trackUrl: null` goes back to Customer.io's host; `settings` replaces all settings. */
export type ConnectionPatch = Partial<Omit<ConnectionInput, "trackUrl" | "sources">> & {
  trackUrl?: string | null;
};

/** One thing wrong with one field, as a sentence for the person who filled it in. */
export type ConnectionProblem = { field: string; message: string };

export type Saved<Kind extends Connection = Connection> =
  | { ok: true; connection: Kind }
  | { ok: false; problems: ConnectionProblem[] };

/** A connection that was made: `writeKey` is one of a source that feeds it; blank if no source does. */
export type MadeConnection = Connection & { writeKey: string };

/** Thrown where nobody is there to mend the fields: the environment describes a connection that cannot be. */
export class InvalidConnectionError extends Error {
  override name = "InvalidConnectionError";
  readonly problems: readonly ConnectionProblem[];

  constructor(problems: readonly ConnectionProblem[]) {
    super(problems.map(({ field, message }) => `${field}: ${message}`).join(" "));
    this.problems = problems;
  }
}
