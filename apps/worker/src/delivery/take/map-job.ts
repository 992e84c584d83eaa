import { type Operation, wireText } from "@customerio-router/customerio";
import { type MapResult, mapCall, withoutState } from "@customerio-router/mapping";
import { type Entry, erasedReason, type Rejection } from "@customerio-router/messages";
import { shadowReason, type TakenJob } from "@customerio-router/queue";
import { type CompiledRules, ruleReason } from "@customerio-router/rules";
import { noTries, type PendingJob, type PendingMessage, type Tries } from "../pending.ts";
import { effectOf, identifierKeys } from "./identifier-keys.ts";
import { type Ruled, ruleEntry } from "./rule-entry.ts";

/** What `mapCall` needs, and whether anything is sent. */
export type MapSettings = Parameters<typeof mapCall>[1] & { delivery?: "live" | "shadow" };

/**
 * Maps a taken job: its messages, each with its operations, or with its outcome where it has none to send.
 */
export function mapJob(options: {
  taken: TakenJob;
  settings: MapSettings;
  /** Gives each operation its place in line. */
  nextSequence: () => number;
  /** What is remembered of an operation's requests. */
  triesOf: (message: PendingMessage, piece: number) => Tries | undefined;
  map?: typeof mapCall;
  /** What is kept of an entry: without identity when its person is erased. */
  pass?: (entry: Entry) => Entry;
  /** Run before the mapping, so that they also bind what waited or is sent again. */
  rules?: CompiledRules | undefined;
  /** Conditions could not be evaluated on a message. */
  onRulesFailed?: (entry: Entry, failed: Ruled["failed"]) => void;
}): PendingJob {
  const { taken, map = mapCall, pass = (entry) => entry } = options;
  const { entries, rejected = [] } = taken.data;
  const job: PendingJob = {
    taken,
    bytes: taken.bytes,
    messages: [],
    rejectedBefore: rejected,
    isRedacted: false,
    open: 0,
    inFlight: 0,
    writing: Promise.resolve(),
    finished: false,
    inHand: true,
  };
  const takenAtMs = performance.now();
  for (const asTaken of entries) {
    const entry = pass(asTaken);
    if (entry !== asTaken) job.isRedacted = true;
    const ruled = ruleEntry(entry, options.rules);
    if (ruled.failed.length > 0) options.onRulesFailed?.(entry, ruled.failed);
    const message: PendingMessage = {
      job,
      entry,
      rules: ruled.touched,
      operations: [],
      open: 0,
      outcome: undefined,
      settled: false,
    };
    job.messages.push(message);
    const result =
      taken.problem && !entry.erased
        ? { kind: "rejected" as const, rejection: taken.problem }
        : mapEntry(entry, ruled, (call, noted) => map(call, settingsFor(entry, options.settings), noted));
    if (result.kind !== "operations") {
      message.outcome = result;
      continue;
    }
    if (options.settings.delivery === "shadow") {
      message.outcome = { kind: "skipped", reason: shadowReason };
      continue;
    }
    job.open += 1;
    for (const operation of result.operations) {
      const json = wireText(operation);
      message.open += 1;
      message.operations.push({
        message,
        operation,
        json,
        bytes: Buffer.byteLength(json),
        sequence: options.nextSequence(),
        takenAtMs,
        keys: identifierKeys(operation),
        effect: effectOf(operation),
        waitsFor: 0,
        followers: [],
        place: "waiting",
        tries: options.triesOf(message, message.operations.length) ?? noTries(),
      });
    }
  }
  return job;
}

/** For the entries of each kind of source, made once for each object of settings. */
const byKind = new WeakMap<MapSettings, Map<string, MapSettings>>();

function settingsFor({ from }: Entry, settings: MapSettings): MapSettings {
  const sourceKind = from?.kind;
  if (sourceKind === undefined) return settings;
  const made = byKind.get(settings) ?? new Map<string, MapSettings>();
  byKind.set(settings, made);
  const known = made.get(sourceKind) ?? { ...settings, sourceKind };
  made.set(sourceKind, known);
  return known;
}

type Mapped =
  | { kind: "operations"; operations: Operation[] }
  | { kind: "skipped"; reason: string }
  | { kind: "rejected"; rejection: Rejection };

function mapEntry(
  entry: Entry,
  ruled: Ruled,
  map: (call: unknown, noted: Entry["warnings"]) => MapResult,
): Mapped {
  if (entry.erased) return { kind: "skipped", reason: erasedReason };
  if (ruled.droppedBy !== undefined) return { kind: "skipped", reason: ruleReason(ruled.droppedBy) };
  if (entry.cut) return { kind: "rejected", rejection: entry.rejected ?? tooLarge };
  let result: MapResult;
  try {
    result = map(ruled.message, entry.warnings);
  } catch (error) {
    return { kind: "rejected", rejection: mappingFailed(error) };
  }
  if (result.kind === "operations" && entry.replay !== undefined && !entry.replay.withState) {
    const operations = withoutState(result.operations);
    return operations.length > 0
      ? { kind: "operations", operations }
      : { kind: "skipped", reason: "replay-state" };
  }
  if (result.kind !== "rejected") return result;
  const { reason, field, message } = result;
  return { kind: "rejected", rejection: { reason, field, message } };
}

const tooLarge: Rejection = {
  reason: "message-too-large",
  message: "The message is too large: only its beginning is kept, and it cannot be sent",
};

function mappingFailed(error: unknown): Rejection {
  return {
    reason: "mapping-failed",
    message: `The message could not be mapped, because of a bug in customerio-router: ${error instanceof Error ? error.message : "unknown"}`,
  };
}
