import type { ConnectionSettings, ConnectionSettingsInput } from "./settings/connection-settings.ts";

/** Where a workspace's data lives; decides Customer.io's host. */
export type Region = "us" | "eu";

/** A write key joined to a Customer.io workspace. Its API key is never part of it: see `apiKeyOf`. */
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
  /** What a sender authenticates with; unique among connections. */
  writeKey: string;
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
  /** Made from random bytes when left out. */
  writeKey?: string;
  /** What is left out has its default. */
  settings?: ConnectionSettingsInput;
};

/** `trackUrl: null` goes back to Customer.io's host; `settings` replaces all settings. */
export type ConnectionPatch = Partial<Omit<ConnectionInput, "trackUrl">> & { trackUrl?: string | null };

/** One thing wrong with one field, as a sentence for the person who filled it in. */
export type ConnectionProblem = { field: string; message: string };

export type Saved = { ok: true; connection: Connection } | { ok: false; problems: ConnectionProblem[] };

/** Thrown where nobody is there to mend the fields: the environment describes a connection that cannot be. */
export class InvalidConnectionError extends Error {
  override name = "InvalidConnectionError";
  readonly problems: readonly ConnectionProblem[];

  constructor(problems: readonly ConnectionProblem[]) {
    super(problems.map(({ field, message }) => `${field}: ${message}`).join(" "));
    this.problems = problems;
  }
}
