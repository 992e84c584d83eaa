import { z } from "zod";
import type { ConnectionRecord } from "../store/connection-record.ts";
import { type Source, sourceKinds } from "./source.ts";

const record = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(sourceKinds),
  writeKeys: z.array(z.object({ id: z.string(), key: z.string(), createdAt: z.string() })),
  origins: z.array(z.string()),
  connections: z.array(z.string()),
  messagesPerSecond: z.number().nullable(),
  paused: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export function readSourceRecord(text: string): Source {
  return record.parse(JSON.parse(text));
}

/**
 * The source that a connection has in its record, as it is saved with one write key; undefined when it has none. Destructive
 * calls count from it where the connection allows them.
 */
export function ownSource({
  id,
  name,
  writeKey,
  settings,
  createdAt,
  updatedAt,
}: ConnectionRecord): Source | undefined {
  if (writeKey === undefined) return undefined;
  return {
    id,
    name,
    kind: settings.destructiveEvents === true ? "server" : "browser",
    writeKeys: [{ id: "first", key: writeKey, createdAt }],
    origins: [],
    connections: [id],
    messagesPerSecond: null,
    paused: false,
    createdAt,
    updatedAt,
  };
}
