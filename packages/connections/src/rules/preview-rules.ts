import { setImmediate as breathe } from "node:timers/promises";
import { wireText } from "@customerio-router/customerio";
import { eventOf } from "@customerio-router/messages";
import type { CompiledRules, Rule } from "@customerio-router/rules";
import type { Connection } from "../connection.ts";
import { type MappedByRules, mapByRules } from "./map-by-rules.ts";
import type { RecordedMessage } from "./recorded-messages.ts";

/** What a message is and what Customer.io gets of it, by the saved rules or by those that are tried. */
type Side = {
  /** Null where a rule drops it. */
  message: unknown;
  operations: unknown[];
  /** Why Customer.io gets nothing. */
  reason?: string;
};

/** A message that the rules touch, or that is mapped otherwise by them. All of it may be personal data. */
export type RulePreviewExample = {
  messageId: string;
  event: string;
  /** The rules that changed or dropped it. */
  rules: readonly string[];
  before: Side;
  after: Side;
};

export type RulePreviewCount = {
  name: string;
  touched: number;
  failed: number;
  /** Why its condition failed, the first time. */
  why?: string;
};

/** What rules would have done to messages that were recorded. */
export type RulesPreview = {
  /** How many were looked at. */
  messages: number;
  dropped: number;
  /** Changed, and not dropped. */
  changed: number;
  /** No rule touched them. */
  unmatched: number;
  /** A condition could not be evaluated on them. */
  failed: number;
  /** Customer.io would get something else of them than by the rules and settings that are saved. */
  otherwise: number;
  rules: RulePreviewCount[];
  /** The first twenty that are dropped, changed or mapped otherwise. */
  examples: RulePreviewExample[];
  /** False when time ran out before 10,000 messages, or all there are, were looked at. */
  isComplete: boolean;
};

const maxMessages = 10_000;
const maxExamples = 20;
/** Messages after which other requests get their turn. */
const atOnce = 100;

export type RulesPreviewOptions = {
  /** Newest first. */
  recorded: AsyncIterable<RecordedMessage[]>;
  connectionId: string;
  saved: { settings: Connection["settings"]; rules: CompiledRules | undefined };
  tried: { settings: Connection["settings"]; rules: CompiledRules | undefined; list: readonly Rule[] };
  /** Stops looking after this long. */
  budgetMs: number;
};

/** Runs rules over recorded messages, and compares with what is saved. Saves and sends nothing. */
export async function previewRules(options: RulesPreviewOptions): Promise<RulesPreview> {
  const { recorded, tried, budgetMs } = options;
  const endMs = performance.now() + budgetMs;
  const preview = emptyPreview(tried.list);
  for await (const messages of recorded) {
    for (const message of messages) {
      if (preview.messages === maxMessages) return preview;
      look(preview, message, options);
      if (preview.messages % atOnce === 0) await breathe();
    }
    if (performance.now() > endMs) return { ...preview, isComplete: false };
  }
  return preview;
}

function emptyPreview(list: readonly Rule[]): RulesPreview {
  const counts = { messages: 0, dropped: 0, changed: 0, unmatched: 0, failed: 0, otherwise: 0 };
  const rules = list.map(({ name }) => ({ name, touched: 0, failed: 0 }));
  return { ...counts, rules, examples: [], isComplete: true };
}

function look(preview: RulesPreview, recorded: RecordedMessage, options: RulesPreviewOptions): void {
  const { saved, tried, connectionId } = options;
  const mapBy = ({ settings, rules }: typeof saved) =>
    mapByRules(recorded, { connection: { ...settings, connectionId }, rules });
  const after = mapBy(tried);
  const [then, today] = [sideOf(mapBy(saved)), sideOf(after)];
  const isOtherwise =
    JSON.stringify([then.operations, then.reason]) !== JSON.stringify([today.operations, today.reason]);
  preview.messages += 1;
  if (isDropped(after)) preview.dropped += 1;
  else if (after.touched.length > 0) preview.changed += 1;
  else preview.unmatched += 1;
  if (after.failed.length > 0) preview.failed += 1;
  if (isOtherwise) preview.otherwise += 1;
  countRules(preview, after);
  if (preview.examples.length === maxExamples || (after.touched.length === 0 && !isOtherwise)) return;
  const { messageId, message } = recorded;
  const before: Side = { ...then, message };
  preview.examples.push({ messageId, event: eventOf(message), rules: after.touched, before, after: today });
}

function isDropped({ result, touched }: MappedByRules): boolean {
  return result.kind === "skipped" && result.reason === `rule: ${touched.at(-1)}`;
}

function sideOf(mapped: MappedByRules): Side {
  const { result } = mapped;
  const message = isDropped(mapped) ? null : mapped.message;
  return result.kind === "operations"
    ? { message, operations: result.operations.map((operation) => JSON.parse(wireText(operation))) }
    : { message, operations: [], reason: result.reason };
}

function countRules({ rules }: RulesPreview, { touched, failed }: MappedByRules): void {
  for (const rule of rules) {
    if (touched.includes(rule.name)) rule.touched += 1;
    const failure = failed.find(({ rule: name }) => name === rule.name);
    if (failure === undefined) continue;
    rule.failed += 1;
    rule.why ??= failure.message;
  }
}
