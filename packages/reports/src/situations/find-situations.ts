import type { RedisProblem, RedisWarning } from "@customerio-router/redis";
import type { IntakeAlive } from "../state/intakes.ts";
import type { Reports } from "../state/read-reports.ts";
import type { FoundSituation } from "./situations.ts";

/** Why Redis cannot serve. */
export function findRedisSituation({ sentence, refusesWrites }: RedisProblem): FoundSituation {
  return { name: refusesWrites ? "redis-read-only" : "redis-away", detail: sentence };
}

/** What a warning of Redis's set-up means. */
export function findSetUpSituation({ about, sentence }: RedisWarning): FoundSituation {
  return { name: about === "memory" ? "redis-full" : "redis-unsafe", detail: sentence };
}

/** What is wrong with workers and connections. */
export function findDeliverySituations({ workers, connections }: Reports): FoundSituation[] {
  if (workers.length === 0) return [{ name: "no-worker", detail: describeWaiting(connections) }];
  return (["keys-refused", "needs-attention"] as const).flatMap((name) => ofConnections(name, connections));
}

function ofConnections(
  name: "keys-refused" | "needs-attention",
  connections: Reports["connections"],
): FoundSituation[] {
  const found = connections.filter(({ state }) => state.state === name);
  if (found.length === 0) return [];
  const number = found.length === 1 ? "1 connection" : `${found.length} connections`;
  return [{ name, detail: `${number}: ${describeWaiting(found)}` }];
}

function describeWaiting(connections: Reports["connections"]): string {
  const messages = connections.reduce((sum, { messagesWaiting }) => sum + messagesWaiting, 0);
  // The ledger counts retried messages as rejected until a worker takes them.
  const isRetry =
    messages === 0 && connections.some(({ oldestWaitingAtMs }) => oldestWaitingAtMs !== undefined);
  if (isRetry) return "Retried messages wait.";
  return messages === 1 ? "1 message waits." : `${messages.toLocaleString("en")} messages wait.`;
}

/** What is wrong with the spools of the intakes that are alive. */
export function findSpoolSituations(intakes: readonly IntakeAlive[], nowMs = Date.now()): FoundSituation[] {
  const spools = intakes.flatMap(({ spool, host }) => (spool ? [{ ...spool, host }] : []));
  const used = spools.filter(({ messages }) => messages > 0);
  const failing = spools.filter(({ failure }) => failure !== undefined);
  const messages = used.reduce((sum, spool) => sum + spool.messages, 0);
  const oldestAtMs = Math.min(...used.map((spool) => spool.oldestAtMs ?? nowMs));
  const share = Math.max(...used.map(({ bytes, maxBytes }) => bytes / maxBytes));
  return [
    ...failing.map(({ failure, host }) => ({
      name: "spool-failing" as const,
      detail: `On ${host} ${failure}.`,
    })),
    ...(used.length === 0
      ? []
      : [
          {
            name: "spool-in-use" as const,
            detail: `${messages.toLocaleString("en")} in ${used.length === 1 ? "1 intake" : `${used.length} intakes`}, the oldest for ${Math.max(0, Math.round((nowMs - oldestAtMs) / 1_000))} s; ${Math.ceil(100 * share)} % of its room.`,
          },
        ]),
    ...(share > 0.5
      ? [{ name: "spool-half-full" as const, detail: `${Math.floor(100 * share)} % of its room is used.` }]
      : []),
  ];
}
