import {
  defineScript,
  judgeServers,
  leaseKey,
  ledgerKeys,
  queueKeys,
  type RedisClient,
  statusKey,
} from "@customerio-router/redis";
import { parseStatus } from "../status.ts";
import { type ConnectionState, deriveState } from "./derive-state.ts";
import { readWorkers, type WorkerAlive } from "./read-workers.ts";

/** How the delivery of a connection stands. All numbers are messages, as the ledger counts them. */
export type ConnectionReport = {
  id: string;
  state: ConnectionState;
  /** Those in a worker's hand included. */
  messagesWaiting: number;
  messagesFailed: number;
  /** Unix milliseconds; `undefined` while nothing waits. */
  oldestWaitingAtMs: number | undefined;
  /** Unix milliseconds; only while it retries. */
  nextTryAtMs: number | undefined;
  /** The process that owns it. */
  worker: WorkerAlive | undefined;
};

export type Reports = { workers: WorkerAlive[]; connections: ConnectionReport[] };

type Facts = [
  lease: string | null,
  status: string | null,
  paused: number,
  waiting: number,
  failed: number,
  oldestMs: number,
];

/** Active jobs are looked at from both ends: the oldest is at one of them, unless jobs were retried. */
const readFacts = defineScript<Facts>(
  "readFacts",
  `local lease, status, totals, meta, wait, active, prioritized, delayed = unpack(KEYS)
   local left = tonumber(redis.call('HGET', totals, 'received') or 0)
   for _, name in ipairs({ 'delivered', 'skipped', 'rejected', 'removed', 'unaccounted' }) do
     left = left - (redis.call('HGET', totals, name) or 0)
   end
   local oldest = 0
   local function look(ids)
     for _, id in ipairs(ids) do
       local at = tonumber(redis.call('HGET', ARGV[1] .. id, 'timestamp') or 0)
       if at > 0 and (oldest == 0 or at < oldest) then oldest = at end
     end
   end
   look(redis.call('LRANGE', wait, -1, -1))
   look(redis.call('LRANGE', active, 0, 9))
   look(redis.call('LRANGE', active, -10, -1))
   look(redis.call('ZRANGE', prioritized, 0, 0))
   look(redis.call('ZRANGE', delayed, 0, 0))
   return { redis.call('GET', lease), redis.call('GET', status), redis.call('HEXISTS', meta, 'paused'),
     left, tonumber(redis.call('HGET', totals, 'rejected') or 0), oldest }`,
);

/** Connections read at the same time, so that other commands get their turn. */
const atOnce = 500;

/** The workers that are alive, and how each connection stands: one script each, in one slot, pipelined. */
export async function readReports(redis: RedisClient, connectionIds: readonly string[]): Promise<Reports> {
  const workers = await readWorkers(redis);
  const redisProblem = workers.length === 0 ? (await judgeServers(redis))?.sentence : undefined;
  const connections: ConnectionReport[] = [];
  for (let from = 0; from < connectionIds.length; from += atOnce) {
    const part = connectionIds.slice(from, from + atOnce);
    connections.push(
      ...(await Promise.all(part.map((id) => readReport(redis, id, { workers, redisProblem })))),
    );
  }
  return { workers, connections };
}

async function readReport(
  redis: RedisClient,
  id: string,
  { workers, redisProblem }: { workers: WorkerAlive[]; redisProblem: string | undefined },
): Promise<ConnectionReport> {
  const { meta, wait, active, prioritized, delayed, jobPrefix } = queueKeys(id);
  const { totals } = ledgerKeys(id);
  const keys = [leaseKey(id), statusKey(id), totals, meta, wait, active, prioritized, delayed];
  const [lease, status, paused, waiting, failed, oldestMs] = await readFacts(redis, keys, [jobPrefix]);
  // A worker of an older version has a lease without its name.
  const owner = lease === null ? undefined : (lease.split("@")[1] ?? "");
  const facts = { isPaused: paused === 1, owner, status: parseStatus(status), redisProblem };
  const state = deriveState(facts, workers.length);
  return {
    id,
    state,
    messagesWaiting: Math.max(0, waiting),
    messagesFailed: failed,
    oldestWaitingAtMs: oldestMs === 0 ? undefined : oldestMs,
    nextTryAtMs: "nextTryAtMs" in state ? state.nextTryAtMs : undefined,
    worker: workers.find((worker) => worker.id === owner),
  };
}
