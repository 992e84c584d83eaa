import { addRuleFailures, type RuleFailures } from "@customerio-router/connections";
import { type Entry, messageIdOf } from "@customerio-router/messages";
import type { RedisClient } from "@customerio-router/redis";
import type { FailedRule } from "@customerio-router/rules";

const flushMs = 1_000;

/** Counts the conditions that could not be evaluated, and writes them with an example each, at most once a second. */
export type RuleFailureCount = {
  add(entry: Entry, failed: readonly FailedRule[]): void;
  close(): Promise<void>;
};

export function countRuleFailures({
  redis,
  connectionId,
  rules,
  onError,
}: {
  redis: RedisClient;
  connectionId: string;
  /** As they are stored; `undefined`: there are none that could fail. */
  rules: string | undefined;
  onError: (error: unknown) => void;
}): RuleFailureCount {
  let failures: RuleFailures = {};
  let timer: NodeJS.Timeout | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const written = failures;
    failures = {};
    if (rules === undefined || Object.keys(written).length === 0) return;
    await addRuleFailures(redis, connectionId, { rules, failures: written }).catch(onError);
  }

  return {
    add(entry, failed) {
      for (const { rule, message } of failed) {
        const count = (failures[rule]?.count ?? 0) + 1;
        failures[rule] = { count, messageId: messageIdOf(entry.message), why: message, atMs: Date.now() };
      }
      timer ??= setTimeout(() => void flush(), flushMs);
    },
    close: flush,
  };
}
