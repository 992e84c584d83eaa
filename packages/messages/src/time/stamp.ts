import { randomUUID } from "node:crypto";
import type { Call, Message } from "../call.ts";
import type { ReadWarning } from "../numbers/read-json-text.ts";
import { readMessageId } from "../read.ts";
import { parseTime } from "./client-time.ts";

/** Up to here a difference between `sentAt` and `receivedAt` is the network's; beyond it the client's clock is wrong. */
const clockToleranceMs = 60_000;

export type Receipt = {
  receivedAt: Date;
  /** When the request was sent by the client's clock, where the request says so; a call's own `sentAt` comes first. */
  sentAt?: unknown;
  /** What reading the request's JSON changed within a part of it; left out where nothing was. */
  warningsOf?: ((part: unknown) => ReadWarning[]) | undefined;
};

/** A message as an entry of a job has it. */
type ReceivedCall = { message: Message; warnings?: ReadWarning[] };

/**
 * Makes a call a message, with the warnings of what the message itself no longer shows.
 *
 * @param read the call as it was read, where it is not the same object.
 */
export function receiveCall(call: Call, receipt: Receipt, read: unknown = call): ReceivedCall {
  const message = stampMessage(call, receipt);
  const warnings = receipt.warningsOf?.(read) ?? [];
  const isReplaced = message.timestamp !== call.timestamp && parseTime(call.timestamp) === undefined;
  if (isReplaced && (call.timestamp ?? undefined) !== undefined) {
    warnings.push({ code: "timestamp-invalid", field: "timestamp" });
  }
  return warnings.length === 0 ? { message } : { message, warnings };
}

/**
 * Makes a call a message: it gets a `messageId` (its own, or a random one), `receivedAt`, the client's time as sent in
 * `originalTimestamp`, and that time, corrected by the client's skew, in `timestamp`. What belonged to the transport, the
 * write key above all, is left behind. The call is not changed.
 */
export function stampMessage(call: Call, { receivedAt, sentAt }: Receipt): Message {
  const { writeKey, sentAt: ownSentAt, _metadata, ...copy } = call as Call & { [key: string]: unknown };
  const message = copy as Stamped;
  setClientTimes(message, receivedAt.getTime(), parseTime(ownSentAt) ?? parseTime(sentAt));
  message.messageId = readMessageId(call.messageId) ?? randomUUID();
  message.receivedAt = writeReceipt(receivedAt);
  return message as Message;
}

type Stamped = { -readonly [Name in keyof Message]?: unknown };

let former = { receivedAt: new Date(0), text: "" };

/** The calls of a batch have one receipt. */
function writeReceipt(receivedAt: Date): string {
  if (receivedAt !== former.receivedAt) former = { receivedAt, text: receivedAt.toISOString() };
  return former.text;
}

function setClientTimes(call: Stamped, receivedAtMs: number, sentAtMs: number | undefined): void {
  const timestampMs = parseTime(call.timestamp);
  const clientMs = timestampMs ?? parseTime(call.originalTimestamp);
  if (clientMs === undefined) return;
  const asSent = timestampMs === undefined ? call.originalTimestamp : call.timestamp;
  const skewMs = sentAtMs === undefined ? 0 : receivedAtMs - sentAtMs;
  const isRight = Math.abs(skewMs) <= clockToleranceMs;
  call.timestamp = isRight ? asSent : (isoDate(clientMs + skewMs) ?? asSent);
  call.originalTimestamp = asSent;
}

/** Undefined where a date is beyond what JavaScript can write. */
function isoDate(ms: number): string | undefined {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
