import type { Archive, ArchivedMessage } from "@customerio-router/archive";
import { type Operation, wireText } from "@customerio-router/customerio";
import { withoutState } from "@customerio-router/mapping";
import { type Entry, eventOf, isObject } from "@customerio-router/messages";
import { type ReplayWish, toReplayedEntry } from "@customerio-router/queue";
import type { CompiledRules } from "@customerio-router/rules";
import type { Connection } from "../connection.ts";
import { type MappedByRules, mapByRules } from "../rules/map-by-rules.ts";
import {
  attributeUpdate,
  type DeliveredBefore,
  nothingDelivered,
  readDelivered,
} from "./delivered-before.ts";

/** What would become of a message, each in one sentence. */
export const previewKinds = {
  new: "new to Customer.io: it would be shown or applied",
  seen: "seen before: Customer.io knows the event by its id, or has the same attributes of that time",
  older: "older: the attributes would lose to newer ones",
  state:
    "left out, because they would turn state back: devices, objects, relationships, merges, deletions, suppressions and delivery reports. Only a replay with state sends them",
  nothing: "not sent: the connection's rules or mapping skip or reject them today",
  leftOut: "left out: added by an earlier replay, of an erased person, or not kept as a whole",
} as const;
export type PreviewKind = keyof typeof previewKinds;

/** A message as an example. All of it but the kind may be personal data. */
export type PreviewExample = {
  messageId: string;
  receivedAt: string;
  event: string;
  /** Whom it names. */
  people: string[];
  /** Why, where the kind alone does not say it: a code. */
  why?: string;
  /** What was sent then, and what would be sent today, where that differs. */
  difference?: Difference;
};

/** Operations without their ids; of today's none where the mapping skips or rejects the message, by `reason`. */
export type Difference = { then: unknown[]; today: unknown[]; reason?: string };

export type ReplayPreview = {
  /** Lines that pass the filter. */
  messages: number;
  kinds: { [kind in PreviewKind]: number };
  /** Those of them whose operations differ from what was sent then. */
  otherwise: number;
  /** At most three of each. */
  examples: { [kind in PreviewKind | "otherwise"]: PreviewExample[] };
  /** Why messages are left out or not sent, by code. */
  reasons: { [code: string]: number };
  /** All lines were looked at, and all that was delivered before. Otherwise the numbers are of the oldest lines. */
  isComplete: boolean;
  /** False where no archive says what was delivered before: then nothing counts as seen or older. */
  knowsHistory: boolean;
};

const maxExamples = 3;

export type PreviewOptions = {
  /** What it would replay, oldest first. */
  lines: AsyncIterable<ArchivedMessage>;
  target: Pick<Connection, "id" | "settings">;
  /** Of the target. */
  rules: CompiledRules | undefined;
  wish: Pick<ReplayWish, "filter" | "withState" | "asNew">;
  /** Of the target. */
  archive: Pick<Archive, "readAll"> | undefined;
  /** Stops looking after this long. */
  budgetMs: number;
};

/** What a replay would do, without doing it. */
export async function previewReplay(options: PreviewOptions): Promise<ReplayPreview> {
  const { lines, target, wish, archive, budgetMs } = options;
  const startedAtMs = performance.now();
  const mayGoOn = (share: number) => () => performance.now() - startedAtMs < budgetMs * share;
  const before = archive
    ? await readDelivered(archive, target.id, wish.filter, mayGoOn(0.5))
    : nothingDelivered;
  const preview = emptyPreview(archive !== undefined);
  preview.isComplete = before.isComplete || archive === undefined;
  const goOn = mayGoOn(1);
  for await (const line of lines) {
    if (!goOn()) {
      preview.isComplete = false;
      break;
    }
    look(preview, line, { ...options, before });
  }
  return preview;
}

function emptyPreview(knowsHistory: boolean): ReplayPreview {
  return {
    messages: 0,
    kinds: { new: 0, seen: 0, older: 0, state: 0, nothing: 0, leftOut: 0 },
    otherwise: 0,
    examples: { new: [], seen: [], older: [], state: [], nothing: [], leftOut: [], otherwise: [] },
    reasons: {},
    isComplete: true,
    knowsHistory,
  };
}

type Looking = Pick<PreviewOptions, "target" | "rules" | "wish"> & { before: DeliveredBefore };

function look(preview: ReplayPreview, line: ArchivedMessage, looking: Looking): void {
  preview.messages += 1;
  const { kind, why, difference } = judge(line, looking);
  preview.kinds[kind] += 1;
  if (why !== undefined) preview.reasons[why] = (preview.reasons[why] ?? 0) + 1;
  addExample(preview.examples[kind], line, why === undefined ? {} : { why });
  if (difference === undefined) return;
  preview.otherwise += 1;
  addExample(preview.examples.otherwise, line, { difference });
}

function addExample(
  examples: PreviewExample[],
  { messageId, receivedAt, message, people = [] }: ArchivedMessage,
  more: Pick<PreviewExample, "why" | "difference">,
): void {
  if (examples.length >= maxExamples) return;
  examples.push({ messageId, receivedAt, event: eventOf(message), people, ...more });
}

type Judgement = { kind: PreviewKind; why?: string; difference?: Difference };

function judge(line: ArchivedMessage, { wish, before, ...to }: Looking): Judgement {
  const nowMs = Date.now();
  const replayed = toReplayedEntry(line, { ...wish, id: "preview", createdAtMs: nowMs }, nowMs);
  if ("leftOut" in replayed) return { kind: "leftOut", why: replayed.leftOut };
  const { message } = replayed.entry;
  const result = mapToday(message, replayed.entry, to);
  // As-new changes ids and times, which are no difference of the mapping.
  const difference = differenceOf(line, wish.asNew ? mapToday(line.message, replayed.entry, to) : result);
  const more = difference === undefined ? {} : { difference };
  if (result.kind !== "operations") return { kind: "nothing", why: result.reason, ...more };
  const operations = wish.withState ? result.operations : withoutState(result.operations);
  if (operations.length === 0) return { kind: "state", why: "replay-state", ...more };
  return { kind: kindOf(operations, before), ...more };
}

/** As the worker does it: by the rules first. */
function mapToday(
  message: unknown,
  entry: Entry,
  { target, rules }: Pick<Looking, "target" | "rules">,
): MappedByRules["result"] {
  const connection = { ...target.settings, connectionId: target.id };
  return mapByRules({ ...entry, message }, { connection, rules }).result;
}

/** Seen, where Customer.io has all of it; older, where something of it lost its time since; otherwise new. */
function kindOf(operations: Operation[], before: DeliveredBefore): "new" | "seen" | "older" {
  const kinds = operations.map((operation): "new" | "seen" | "older" => {
    if ("id" in operation) return before.has(operation.id) ? "seen" : "new";
    const update = attributeUpdate(operation);
    if (update === undefined) return "new";
    const { person, attributes, timestamp } = update;
    const newest = attributes.map((attribute) => before.newest(person, attribute) ?? 0);
    if (newest.some((time) => time < timestamp)) return "new";
    return newest.some((time) => time > timestamp) ? "older" : "seen";
  });
  if (kinds.includes("new")) return "new";
  return kinds.includes("older") ? "older" : "seen";
}

/** What was sent then and would be sent today, where that is not the same; ids apart, which differ by connection. */
function differenceOf(line: ArchivedMessage, result: MappedByRules["result"]): Difference | undefined {
  if (line.operations.length === 0) return undefined;
  const then = line.operations.map(withoutId);
  if (result.kind !== "operations") return { then, today: [], reason: result.reason };
  const today = result.operations.map((operation) => withoutId(JSON.parse(wireText(operation))));
  return JSON.stringify(then) === JSON.stringify(today) ? undefined : { then, today };
}

function withoutId(operation: unknown): unknown {
  if (!isObject(operation)) return operation;
  const { id: _, ...rest } = operation;
  return rest;
}
