import { z } from "zod";
import type { Connection } from "../connection.ts";
import { storedConnectionSettings } from "../settings/connection-settings.ts";

/** A connection as Redis has it: its settings as they were given, so that new defaults reach old connections. */
const record = z.object({
  id: z.string(),
  name: z.string(),
  siteId: z.string(),
  region: z.enum(["us", "eu"]),
  trackUrl: z.string().optional(),
  /** Of the connection's own source, until somebody edits that source. */
  writeKey: z.string().optional(),
  settings: z.record(z.string(), z.unknown()),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export type ConnectionRecord = z.output<typeof record>;

export function readRecord(text: string): ConnectionRecord {
  return record.parse(JSON.parse(text));
}

export function toConnection({ trackUrl, writeKey, settings, ...rest }: ConnectionRecord): Connection {
  return {
    ...rest,
    settings: storedConnectionSettings.parse(settings),
    ...(trackUrl !== undefined && { trackUrl }),
    ...(writeKey !== undefined && { writeKey }),
  };
}

/** Why a record could not be read: the fields that are wrong, or that it is no JSON. */
export function describeUnreadable(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  }
  return error instanceof SyntaxError ? "it is not JSON" : String(error);
}
