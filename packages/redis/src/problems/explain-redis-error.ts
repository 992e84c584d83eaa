import {
  clientRules,
  networkRules,
  type RedisProblem,
  type RedisProblemRule,
  replyRules,
} from "./redis-problems.ts";

/** Explains an error of Redis or ioredis by its text; undefined for every other error. */
export function explainRedisReply(error: Error): RedisProblem | undefined {
  return explainReply(error) ?? explain(clientRules, error.message);
}

/** Explains an error that a connection to Redis emits, if it names a cause. */
export function explainConnectionError(error: Error): RedisProblem | undefined {
  const { code = "" } = error as Error & { code?: string };
  return explain(networkRules, `${code} ${error.message}`) ?? explainReply(error);
}

/** A Cluster's client passes on the reply of the last node. */
function explainReply(error: Error & { lastNodeError?: Error }): RedisProblem | undefined {
  if (error.lastNodeError) return explainReply(error.lastNodeError);
  return error.name === "ReplyError" ? explain(replyRules, error.message) : undefined;
}

function explain(rules: RedisProblemRule[], text: string): RedisProblem | undefined {
  const rule = rules.find(({ matches }) => matches.test(text));
  if (!rule) return undefined;
  // The rest may contain data that was sent, or a script's hash.
  const [reply = ""] = text.split(/,? with args| script: /);
  const { isLasting = false, refusesWrites } = rule;
  const sentence = rule.sentence.replace("REPLY", () => reply);
  return { sentence, isLasting, ...(refusesWrites && { refusesWrites }) };
}
