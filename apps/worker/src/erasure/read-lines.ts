import type { Archive } from "@customerio-router/archive";
import { readJobData } from "@customerio-router/messages";
import { scanBodies, scanJobs } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { readElement, readTraceList } from "@customerio-router/reports";
import { createNameFilter } from "./name-filter.ts";

/** A message that is kept somewhere, with what was sent of it. */
export type KeptLine = { message: unknown; operations: unknown[] };

/** The messages that may name these people, in Redis and in the archive. */
export async function* readLines(options: {
  redis: RedisClient;
  archive: Archive | undefined;
  connectionId: string;
  people: string[];
}): AsyncGenerator<KeptLine, void, undefined> {
  const { redis, archive, connectionId, people } = options;
  const mayName = createNameFilter(people);
  for await (const { data, traces } of scanJobs(redis, connectionId)) {
    if (!mayName(`${data}${traces ?? ""}`)) continue;
    const { entries, rejected = [] } = readData(data);
    const sent = traces === undefined ? [] : readTraceList(traces);
    for (const [index, { message }] of entries.entries()) {
      yield { message, operations: sent[index]?.operations ?? [] };
    }
    for (const { message } of rejected) yield { message, operations: [] };
  }
  for await (const { text } of scanBodies(redis, connectionId)) {
    if (!mayName(text)) continue;
    const { entries, traces } = readElement(text);
    const sent = readTraceList(traces);
    for (const [index, { message }] of entries.entries()) {
      yield { message, operations: sent[index]?.operations ?? [] };
    }
  }
  for (const person of people) {
    for await (const { line } of archive?.readAll(connectionId, { person }) ?? []) {
      yield { message: line.message, operations: line.operations };
    }
  }
}

function readData(text: string) {
  try {
    return readJobData(JSON.parse(text));
  } catch {
    // It is failed once it is taken; until then its text is the message.
    return readJobData(text);
  }
}
