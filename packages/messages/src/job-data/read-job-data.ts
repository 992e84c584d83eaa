import { isObject } from "../read.ts";
import type { Entry, JobData, NotedWarning, ReceivedFrom, Rejection, ReplayMark } from "./job-data.ts";
import { isTraceparent } from "./traceparent.ts";

/**
 * Reads the data of a job, which a person may have added or edited. Well-formed data is returned as it is. A call that
 * stands bare, as the data, as `entries` or among them, is an entry without marks. Marks that are not well-formed are left
 * out, so that the message is treated as a new one. Never throws.
 */
export function readJobData(data: unknown): JobData {
  if (!hasEntries(data)) return { entries: [{ message: data }] };
  if (isJobData(data)) return data;
  const entries = readEntries(data.entries);
  const rejected = readEntries(data.rejected ?? []);
  return rejected.length > 0 ? { entries, rejected } : { entries };
}

/** False for a bare call, and for whatever else is no job's data. */
export function hasEntries(data: unknown): data is { entries: unknown; rejected?: unknown } {
  return isObject(data) && "entries" in data;
}

/** False for a bare call among the entries. */
export function hasMessage(entry: unknown): entry is { message: unknown; [mark: string]: unknown } {
  return isObject(entry) && "message" in entry;
}

function isJobData(data: { entries: unknown; rejected?: unknown }): data is JobData {
  return areEntries(data.entries) && (data.rejected === undefined || areEntries(data.rejected));
}

function areEntries(value: unknown): value is Entry[] {
  return Array.isArray(value) && value.every(isEntry);
}

function isEntry(value: unknown): value is Entry {
  if (!hasMessage(value)) return false;
  const { rejected, cut, salvaged, from, warnings, treated, replay, erased, traceparent } = value;
  return (
    (from === undefined || isReceivedFrom(from)) &&
    (treated === undefined || isTreated(treated)) &&
    (traceparent === undefined || isTraceparent(traceparent)) &&
    (replay === undefined || isReplayMark(replay)) &&
    (rejected === undefined || isRejection(rejected)) &&
    (cut === undefined || cut === true) &&
    (salvaged === undefined || salvaged === true) &&
    (erased === undefined || erased === true) &&
    (warnings === undefined || (Array.isArray(warnings) && warnings.every(isWarning)))
  );
}

function readEntries(value: unknown): Entry[] {
  return Array.isArray(value) ? value.map(readEntry) : [{ message: value }];
}

function readEntry(value: unknown): Entry {
  if (isEntry(value)) return value;
  if (!hasMessage(value)) return { message: value };
  const { message, rejected, cut, salvaged, from, warnings, treated, replay, erased, traceparent } = value;
  const rejection = readRejection(rejected);
  return {
    message,
    ...(rejection && { rejected: rejection }),
    ...(cut === true && { cut }),
    ...(salvaged === true && { salvaged }),
    ...(isReceivedFrom(from) && { from }),
    ...(Array.isArray(warnings) && { warnings: warnings.filter(isWarning) }),
    ...(isTreated(treated) && { treated }),
    ...(isTraceparent(traceparent) && { traceparent }),
    ...(isReplayMark(replay) && { replay }),
    ...(erased === true && { erased }),
  };
}

/** Without a reason or a sentence it says nothing; without a field it says enough. */
function readRejection(value: unknown): Rejection | undefined {
  if (!hasReason(value)) return undefined;
  const { reason, message, field } = value;
  return typeof field === "string" ? { reason, message, field } : { reason, message };
}

function isRejection(value: unknown): value is Rejection {
  return hasReason(value) && (value.field === undefined || typeof value.field === "string");
}

function hasReason(value: unknown): value is { reason: string; message: string; field?: unknown } {
  return isObject(value) && typeof value.reason === "string" && typeof value.message === "string";
}

function isWarning(value: unknown): value is NotedWarning {
  return isObject(value) && typeof value.code === "string" && typeof value.field === "string";
}

export function isReceivedFrom(value: unknown): value is ReceivedFrom {
  if (!isObject(value) || typeof value.source !== "string" || !/^[0-9a-z]{1,40}$/.test(value.source))
    return false;
  return (
    value.kind === undefined || value.kind === "browser" || value.kind === "server" || value.kind === "mobile"
  );
}

function isTreated(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((path) => typeof path === "string");
}

/** The id is part of a key's name. */
function isReplayMark(value: unknown): value is ReplayMark {
  if (!isObject(value) || typeof value.id !== "string" || !/^[0-9a-z]{1,40}$/.test(value.id)) return false;
  return value.withState === undefined || value.withState === true;
}
