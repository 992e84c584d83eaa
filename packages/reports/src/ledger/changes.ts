import type { Entry } from "@customerio-router/messages";
import { placeOf } from "../counts/hours.ts";
import type { Outcome } from "../outcome.ts";
import { bucketOf } from "./buckets.ts";
import { type Content, readRow, writeReason } from "./content.ts";
import { dayOf, receivedAtMsOf } from "./day.ts";
import { eventNameOf } from "./event-name.ts";
import { sourceOf, suffixOf } from "./scope.ts";

/** Numbers of a ledger to be raised in the same step as what they count, as arguments of a script with `raising`. */
export type LedgerChanges = (string | number)[];

type Raise = (where: string | number, field: string, by: number, name?: string) => void;

/** Gathers changes, each number once. */
function gather(fill: (raise: Raise) => void): LedgerChanges {
  const changes = new Map<string, [string | number, string, number, string]>();
  fill((where, field, by, name = "") => {
    const key = `${where} ${field}${name}`;
    const known = changes.get(key);
    if (known) known[2] += by;
    else changes.set(key, [where, field, by, name]);
  });
  return [...changes.values()].filter(([, , by]) => by !== 0).flat();
}

/** A message that has its outcome now. */
export type SettledMessage = { entry: Entry; outcome: Outcome };

/** What changes when messages of a job get their outcomes. */
export function changesOfOutcomes(
  settled: SettledMessage[],
  { madeAtMs, nowMs }: { madeAtMs: number; nowMs: number },
): LedgerChanges {
  const { hour, minute } = placeOf(nowMs);
  const today = dayOf(nowMs);
  const hourOfDay = hour % 24;
  return gather((raise) => {
    for (const group of groupAlike(settled, madeAtMs, nowMs)) {
      const { messages, kind, reason, day, event, replay, bucket } = group;
      const source = suffixOf(group.source);
      raise("", kind, messages);
      raise(`@${hour}`, `${minute}:${kind}`, messages);
      raise(today, `${hourOfDay}:${kind}`, messages);
      const field = `${kind}|${reason}|`;
      raise(day, field, messages, event);
      if (source !== "") {
        raise(source, kind, messages);
        raise(`${day}${source}`, field, messages, event);
      }
      if (replay !== undefined) raise(`#${replay}`, kind, messages);
      // Of a replay it would say how old the message is.
      else if (kind === "delivered") raise(today, `${hourOfDay}<${bucket}`, messages);
    }
  });
}

/** What decides which numbers a message raises. */
type Traits = {
  kind: Outcome["kind"];
  reason: string;
  day: number;
  source: string | undefined;
  replay: string | undefined;
  bucket: number;
};

type Alike = Traits & { event: string; messages: number };

/** Of a job's messages most are alike: the numbers are raised for all of these at once. */
function groupAlike(settled: SettledMessage[], madeAtMs: number, nowMs: number): Alike[] {
  const byEvent = new Map<string, Alike[]>();
  for (const { entry, outcome } of settled) {
    const receivedAtMs = receivedAtMsOf(entry.message, madeAtMs);
    const traits = {
      kind: outcome.kind,
      reason: reasonOf(outcome),
      day: dayOf(receivedAtMs),
      source: sourceOf(entry),
      replay: entry.replay?.id,
      bucket: bucketOf(nowMs - receivedAtMs),
    };
    const event = eventNameOf(entry.message);
    const groups = byEvent.get(event);
    const group = groups?.find((one) => areSame(one, traits));
    if (group) group.messages += 1;
    else if (groups) groups.push({ ...traits, event, messages: 1 });
    else byEvent.set(event, [{ ...traits, event, messages: 1 }]);
  }
  return [...byEvent.values()].flat();
}

function areSame(one: Traits, other: Traits): boolean {
  return (
    one.kind === other.kind &&
    one.reason === other.reason &&
    one.day === other.day &&
    one.bucket === other.bucket &&
    one.source === other.source &&
    one.replay === other.replay
  );
}

function reasonOf(outcome: Outcome): string {
  if (outcome.kind === "delivered") return "";
  return writeReason(outcome.kind === "skipped" ? outcome.reason : outcome.rejection.reason);
}

/**
 * What changes when there is something else than the ledger has counted: in a job that was retried, edited, or added by
 * another way than the intake's; or in all jobs, when they are counted again.
 * @param difference how messages count that are missing: removed by an edit, or without an account. Messages too many are
 * received, or take back what had no account.
 */
export function changesOfContent(
  former: Content,
  latter: Content,
  difference: "edited" | "unaccounted" = "edited",
): LedgerChanges {
  return gather((raise) => {
    const ofScope = new Map<string, { day: number; suffix: string; messages: number }>();
    const edited = new Map<number, number>();
    const { hour, minute } = placeOf(Date.now());
    const retried = rejectedOf(former) - rejectedOf(latter);
    if (difference === "edited" && retried > 0) raise(`@${hour}`, `${minute}:retried`, retried);
    const count = (content: Content, sign: 1 | -1) => {
      for (const { day, messages, reason, event, source } of content.map(readRow)) {
        const suffix = suffixOf(source);
        const scope = `${day}${suffix}`;
        const known = ofScope.get(scope)?.messages ?? 0;
        ofScope.set(scope, { day, suffix, messages: known + sign * messages });
        if (reason === undefined) continue;
        raise(suffix, "rejected", sign * messages);
        raise(scope, `rejected|${reason}|`, sign * messages, event);
      }
    };
    count(former, -1);
    count(latter, 1);
    for (const [scope, { day, suffix, messages }] of ofScope) {
      if (difference === "unaccounted") {
        raise(suffix, "unaccounted", -messages);
        raise(scope, "unaccounted||", -messages);
      } else if (messages > 0) {
        raise(suffix, "received", messages);
        raise(scope, "received", messages);
      } else if (messages < 0) {
        // A source loses what an edit took from the connection; of what is still there, the source is no longer known.
        const removed = suffix === "" ? -messages : Math.min(-messages, edited.get(day) ?? 0);
        edited.set(day, suffix === "" ? removed : (edited.get(day) ?? 0) - removed);
        raise(suffix, "removed", removed);
        raise(scope, "removed|edited|", removed);
        raise(suffix, "received", messages + removed);
        raise(scope, "received", messages + removed);
      }
    }
  });
}

function rejectedOf(content: Content): number {
  return content.reduce((sum, [, messages, reason]) => (reason === undefined ? sum : sum + messages), 0);
}
