import type { Archive } from "@customerio-router/archive";
import { type JobData, readJobText } from "@customerio-router/messages";
import { scanBodies, scanJobs } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import { readBody, readTraceList, splitElement } from "@customerio-router/reports";
import { createNameFilter } from "./name-filter.ts";

/** A message that is kept somewhere, with what was sent of it. */
export type KeptLine = {
  where: "waiting" | "failed" | "records" | "archive";
  message: unknown;
  operations: unknown[];
  /** What else is kept with it: its outcome, with every attempt. */
  settled?: object;
};

/** The messages that may name these people, in Redis and in the archive. A line of the archive comes once for each of them. */
export async function* readLines(options: {
  redis: RedisClient;
  archive: Archive | undefined;
  connectionId: string;
  people: string[];
}): AsyncGenerator<KeptLine, void, undefined> {
  const { redis, archive, connectionId, people } = options;
  const mayName = createNameFilter(people);
  for await (const { state, data, traces } of scanJobs(redis, connectionId)) {
    if (!mayName(`${data}${traces ?? ""}`)) continue;
    const { entries, rejected = [] } = readJobText(data);
    const where = state === "completed" ? "records" : state;
    yield* withTraces(where, entries, traces);
    yield* withTraces(where, rejected, undefined);
  }
  for await (const { text } of scanBodies(redis, connectionId)) {
    if (!mayName(text)) continue;
    const { data, traces } = readBody(splitElement(text).rest);
    yield* withTraces("records", readJobText(data).entries, traces);
  }
  for (const person of people) {
    for await (const { line } of archive?.readAll(connectionId, { person }) ?? []) {
      const { message, operations, ...settled } = line;
      yield { where: "archive", message, operations, settled };
    }
  }
}

function* withTraces(
  where: KeptLine["where"],
  entries: JobData["entries"],
  traces: string | undefined,
): Generator<KeptLine> {
  const settled = traces === undefined ? [] : readTraceList(traces);
  for (const [index, { message }] of entries.entries()) {
    const trace = settled[index];
    if (trace === undefined) yield { where, message, operations: [] };
    else {
      const { operations, ...rest } = trace;
      yield { where, message, operations, settled: rest };
    }
  }
}
