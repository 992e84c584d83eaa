import { hash } from "node:crypto";
import { type Call, parseTime, readMessageId } from "@customerio-router/messages";
import { canonicalJson } from "../attributes/canonical-json.ts";
import { encodeUlid } from "./ulid.ts";

const greatestTimeMs = 2 ** 48 - 1;
const timeHexDigits = 12;
const randomHexDigits = 20;

/**
 * The ULID of an event, made from the message alone, so that Customer.io knows every copy of it: the client's time as
 * sent (hash bits where there is none that fits), and a hash of the connection and the `messageId` (without one, of the call).
 */
export function eventId(call: Call, connectionId: string): string {
  const message = readMessageId(call.messageId) ?? canonicalJson(asSent(call));
  const digest = hash("sha256", `${connectionId}\0${message}`, "hex");
  const timeMs =
    clientTimeMs(call) ?? Number.parseInt(digest.slice(randomHexDigits, randomHexDigits + timeHexDigits), 16);
  return encodeUlid(timeMs, digest.slice(0, randomHexDigits));
}

/** The client's time where it fits a ULID; never the corrected one, which changes with each resend. */
export function clientTimeMs(call: Call): number | undefined {
  const ms = parseTime(call.originalTimestamp) ?? parseTime(call.timestamp);
  return ms !== undefined && ms <= greatestTimeMs ? ms : undefined;
}

/** A call without what differs from one copy of it to the next: the times of transport, and what they correct. */
function asSent({ sentAt, receivedAt, ...call }: Call): object {
  if (!("originalTimestamp" in call)) return call;
  const { timestamp, ...same } = call;
  return same;
}
