import { connectionKeys, type RedisClient } from "@customerio-router/redis";
import { describeSituation, type FoundSituation, situations } from "@customerio-router/reports";

/** What an intake's spool holds of a connection that Redis lost; 0 messages while nothing came for it. */
export type HeldMessages = { connectionId: string; messages: number; bytes: number; oldestAtMs: number };

/** The report of an intake that died counts for this long; another one of its folder takes over what it held. */
const validMs = 60_000;
/** After this long without any report they are all forgotten. */
const reportSeconds = 3_600;
/** This many connections are named; a person sees the others with `npm run spool -- list`. */
const maxNamed = 5;
/** Every intake that holds some must hear of a decision, even one that is down for the night. */
const decisionSeconds = 86_400;

/** Replaces what the intake reported before. */
export async function reportHeld(
  redis: RedisClient,
  { intake, held }: { intake: string; held: HeldMessages[] },
): Promise<void> {
  if (held.length === 0) return void (await redis.hdel(connectionKeys.heldMessages, intake));
  await redis.hset(connectionKeys.heldMessages, intake, JSON.stringify({ atMs: Date.now(), held }));
  await redis.expire(connectionKeys.heldMessages, reportSeconds);
}

/** Over all intakes. */
export async function readHeld(redis: RedisClient): Promise<HeldMessages[]> {
  const reports = (await redis.hvals(connectionKeys.heldMessages)).map(
    (text) => JSON.parse(text) as { atMs: number; held: HeldMessages[] },
  );
  const sums = new Map<string, HeldMessages>();
  for (const more of reports.filter(({ atMs }) => Date.now() - atMs < validMs).flatMap(({ held }) => held)) {
    const sum = sums.get(more.connectionId);
    sums.set(more.connectionId, {
      connectionId: more.connectionId,
      messages: more.messages + (sum?.messages ?? 0),
      bytes: more.bytes + (sum?.bytes ?? 0),
      oldestAtMs: Math.min(more.oldestAtMs, sum?.oldestAtMs ?? Number.POSITIVE_INFINITY),
    });
  }
  return [...sums.values()];
}

/** What a person has to know of it, and what to do; nothing when nothing is held. */
export function describeHeld(held: readonly HeldMessages[]): string[] {
  return findHeldSituation(held).map(
    (found) => `${describeSituation(found)} ${situations[found.name].action}`,
  );
}

/** Which connections Redis lost; nothing when nothing is held. */
export function findHeldSituation(held: readonly HeldMessages[]): FoundSituation[] {
  if (held.length === 0) return [];
  const named = held
    .slice(0, maxNamed)
    .map(
      ({ connectionId, messages }) =>
        `${connectionId} (${messages.toLocaleString("en")} ${messages === 1 ? "message" : "messages"})`,
    );
  const others = held.length > maxNamed ? ` and ${held.length - maxNamed} others` : "";
  const detail = `Connection ${named.join(", ")}${others} is missing, and the spool keeps its messages.`;
  return [{ name: "redis-emptied", detail }];
}

/** What a person decided: the messages go to another connection, or are dropped. */
export async function decideHeld(
  redis: RedisClient,
  connectionId: string,
  decision: { to: string } | "drop",
): Promise<void> {
  const to = decision === "drop" ? "" : decision.to;
  await redis.hset(connectionKeys.heldDecisions, connectionId, to);
  await redis.expire(connectionKeys.heldDecisions, decisionSeconds);
}

/** By the ids of the connections whose messages they are. */
export async function readHeldDecisions(redis: RedisClient): Promise<Map<string, { to: string } | "drop">> {
  const decisions = Object.entries(await redis.hgetall(connectionKeys.heldDecisions));
  return new Map(decisions.map(([id, to]) => [id, to === "" ? "drop" : { to }]));
}
