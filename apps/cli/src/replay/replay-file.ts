import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { type ArchivedMessage, type LineFilter, lineMatcher } from "@customerio-router/archive";
import { eventOf, isObject, readText, valueAt } from "@customerio-router/messages";
import type { LineToReplay, ReplayFile } from "@customerio-router/queue";
import { CommandError } from "../command-error.ts";
import { readLines } from "../import/read-lines.ts";

/** A line has the message, and what was sent of it, each request and each reply. */
const maxLineBytes = 4_000_000;

/** What tells the file from another one, so that the same command continues. */
export async function describeFile(file: string): Promise<ReplayFile> {
  const sha256 = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      sha256.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    throw new CommandError(`the file cannot be read: ${(error as Error).message}`);
  }
  return { name: basename(file), bytes, sha256: sha256.digest("hex") };
}

/** The lines of a file behind a line number that pass the filter; those that cannot be read have no line. */
export async function* readFileLines(
  file: string,
  filter: LineFilter,
  after: string,
): AsyncGenerator<Omit<LineToReplay, "line"> & { line: ArchivedMessage | undefined }, void, undefined> {
  const first = Number(after || 0) + 1;
  const matches = lineMatcher(filter);
  for await (const { number, text } of readLines(file, maxLineBytes).lines) {
    if (number < first || text.trim() === "") continue;
    const line = readLine(text);
    if (line === undefined || matches(line)) yield { line, cursor: String(number) };
  }
}

/** A line of the archive, or of the dashboard's file of failed messages. */
function readLine(text: string): ArchivedMessage | undefined {
  const value = parse(text);
  if (!isObject(value)) return undefined;
  if (isTime(value.failedAt) && "received" in value) return fromFailed(value, value.failedAt);
  const isLine = isTime(value.settledAt) && typeof value.messageId === "string" && "message" in value;
  if (!isLine) return undefined;
  const { operations, ulids } = value;
  return {
    event: eventOf(value.message),
    people: [],
    ...(value as unknown as Omit<ArchivedMessage, "event" | "people">),
    operations: Array.isArray(operations) ? operations : [],
    ulids: Array.isArray(ulids) ? ulids : [],
  };
}

function fromFailed(value: { [field: string]: unknown }, failedAt: string): ArchivedMessage {
  const { received, cut } = value;
  return {
    messageId: readText(value.messageId) ?? "",
    event: eventOf(received),
    people: [],
    receivedAt: readText(valueAt(received, "receivedAt")) ?? failedAt,
    settledAt: failedAt,
    outcome: "rejected",
    reason: cut === true ? "message-too-large" : (readText(value.reason) ?? "unknown"),
    requests: 0,
    attempts: [],
    operations: [],
    ulids: [],
    jobId: "",
    message: received,
  };
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Counted as unreadable by the caller.
    return undefined;
  }
}
