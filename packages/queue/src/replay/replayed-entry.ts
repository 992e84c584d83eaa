import { hash } from "node:crypto";
import {
  type Entry,
  erasedReason,
  isObject,
  isReceivedFrom,
  isTraceparent,
  readMessageId,
} from "@customerio-router/messages";
import { type Replay, type ReplayLine, shadowReason } from "./replay.ts";

/** Calls that Customer.io shows as events. */
const eventTypes: ReadonlySet<unknown> = new Set(["track", "page", "screen"]);

/** Why a line is not added. */
export const leftOutReasons = {
  incomplete: "Only the beginning of the message was kept, because it was too large",
  unreadable: "The line holds no message",
  erased: "The person was erased",
  replayed: "A replay had added the message; its first copy is replayed",
  later: "The message was settled after the replay was started",
} as const;
export type LeftOutReason = keyof typeof leftOutReasons;

type Replayed = Pick<Replay, "id" | "filter" | "withState" | "asNew" | "createdAtMs">;

/**
 * The entry of a line, or why it is left out. What a replay added is archived too, under the day of its first receipt: read
 * again, it would come twice with the next replay, and without end in this one.
 */
export function toReplayedEntry(
  line: ReplayLine,
  replay: Replayed,
  nowMs: number,
): { entry: Entry } | { leftOut: LeftOutReason } {
  const { message, from, salvaged, warnings, treated, traceparent } = line;
  if (line.reason === erasedReason) return { leftOut: "erased" };
  if (line.reason === "message-too-large" || typeof message === "string") return { leftOut: "incomplete" };
  if (!isObject(message)) return { leftOut: "unreadable" };
  if (line.source === "replay" && replay.filter.source !== "replay") return { leftOut: "replayed" };
  // What a shadow connection took in the moment of its going live is settled a little later.
  const mayBeLater = replay.filter.reason === shadowReason;
  if (!mayBeLater && Date.parse(line.settledAt) > replay.createdAtMs) return { leftOut: "later" };
  return {
    entry: {
      message: replay.asNew ? asNew(message, replay, nowMs) : message,
      ...(isReceivedFrom(from) && { from }),
      ...(salvaged && { salvaged }),
      ...(warnings && { warnings }),
      ...(treated && { treated }),
      ...(isTraceparent(traceparent) && { traceparent }),
      replay: { id: replay.id, ...(replay.withState && { withState: true }) },
    },
  };
}

/** Attributes keep their time, so that old ones lose to newer ones; unless the replay is to turn state back. */
function asNew(
  message: { [field: string]: unknown },
  { id, withState }: Replayed,
  nowMs: number,
): { [field: string]: unknown } {
  if (!withState && !eventTypes.has(message.type)) return message;
  const { sentAt: _, ...kept } = message;
  const former = readMessageId(message.messageId) ?? JSON.stringify(message);
  const now = new Date(nowMs).toISOString();
  return {
    ...kept,
    messageId: `replay-${id}-${hash("sha256", former, "base64url").slice(0, 22)}`,
    timestamp: now,
    originalTimestamp: now,
    receivedAt: now,
  };
}
