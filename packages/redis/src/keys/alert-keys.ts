import { keyPrefix } from "./key-prefix.ts";

/** The lease of the process that watches, which has the form of a connection's; its keys share the slot of those below. */
export const alertLease = "alerts";

const prefix = `${keyPrefix}:{${alertLease}}`;

export const alertKeys = {
  /** Counter: one more with every change of what is below it up to `episode`. */
  version: `${prefix}:version`,
  /** The thresholds as JSON. */
  settings: `${prefix}:settings`,
  /** Hash: id -> channel as JSON, without its secrets. */
  channels: `${prefix}:channels`,
  /** Hash: id of a channel -> its sealed secrets. */
  secrets: `${prefix}:secrets`,
  /** Hash: id -> silence as JSON. */
  silences: `${prefix}:silences`,
  /** The maintenance pause as JSON. */
  pause: `${prefix}:pause`,
  /** Random; another one after each outage of Redis, so that all intakes tell of it under one id. */
  episode: `${prefix}:episode`,
  /** Hash: condition and subject -> how the alert stands, as JSON. */
  states: `${prefix}:states`,
  /** Sorted set: the newest notices by their time. */
  history: `${prefix}:history`,
  /** Sorted set: notice and channel of each delivery that is outstanding, by the time of the notice. */
  outstanding: `${prefix}:outstanding`,
  /** The key of a notice before its id. Hash: the notice as JSON, and how its delivery to each channel stands. */
  noticePrefix: `${prefix}:notice:`,
} as const;
