import { type Entry, readJobData } from "@customerio-router/messages";
import { queueKeys, type RedisClient } from "@customerio-router/redis";
import type { MessageRecord } from "./record.ts";
import { readTraces } from "./traces.ts";

/** The records of elements of the outbox, in their order. A job that another tool removed has none. */
export async function readElements(
  redis: RedisClient,
  connectionId: string,
  elements: string[],
): Promise<MessageRecord[][]> {
  const { job } = queueKeys(connectionId);
  return await Promise.all(
    elements.map(async (element) => {
      const { kind, atMs, rest } = splitElement(element);
      if (kind === "b") return readBody(rest, atMs);
      const [data, traces] = await redis.hmget(job(rest), "data", "traces");
      if (!data || !traces) return [];
      const { entries } = readJobData(JSON.parse(data));
      return readTraces(traces, { entries, jobId: rest, atMs });
    }),
  );
}

/** See `outboxing`. */
function splitElement(element: string): { kind: string; atMs: number; rest: string } {
  const [, kind = "", atMs, rest = ""] = /^(\w) (\d+) \d+ \d+ (.*)$/s.exec(element) ?? [];
  return { kind, atMs: Number(atMs), rest };
}

function readBody(text: string, atMs: number): MessageRecord[] {
  const { id, entries, traces } = JSON.parse(text) as { id: string; entries: Entry[]; traces: unknown };
  return readTraces(JSON.stringify(traces), { entries, jobId: id, atMs });
}

export function timeOfElement(element: string): number {
  return splitElement(element).atMs;
}
