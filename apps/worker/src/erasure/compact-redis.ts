import { setTimeout as sleep } from "node:timers/promises";
import { mastersOf, type RedisClient, readInfo } from "@customerio-router/redis";

const pollMs = 200;
/** A rewrite of some gigabytes takes minutes; the next round asks again. */
const maxMs = 10 * 60 * 1000;

type Server = ReturnType<typeof mastersOf>[number];

/**
 * Has each Redis write its files anew, from what it has now, and forget its slow log, which quotes commands.
 * @returns what could not be done, as sentences
 */
export async function compactRedis(redis: RedisClient): Promise<string[]> {
  const results = await Promise.all(mastersOf(redis).map(compact));
  return [...new Set(results.flat())];
}

async function compact(server: Server): Promise<string[]> {
  const unreachable: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      unreachable.push(`${what}: Redis answered ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const info = async () => readInfo(await server.info());
  const before = await info();
  await attempt("Redis's slow log may quote the person's messages", () => server.slowlog("RESET"));
  if (before.get("aof_enabled") === "1") {
    await attempt("Redis's append-only file may still have the person", async () => {
      await rewrite(server, info);
    });
  }
  await attempt("Redis's snapshot may still have the person", async () => {
    if (await mayHaveSnapshot(server, before)) await saveSnapshot(server, info);
  });
  if (Number(before.get("connected_slaves") ?? 0) > 0) {
    unreachable.push("The files of Redis's replicas: have each write its own anew, with BGREWRITEAOF");
  }
  return unreachable;
}

type Info = () => Promise<Map<string, string>>;

/**
 * Nobody can ask Redis for its old snapshots: one by hand, or the one that a replica began with. Beside an append-only file
 * a snapshot is never loaded, so a new one does no harm; without any file, one that was never there must not come up.
 */
async function mayHaveSnapshot(server: Server, info: Map<string, string>): Promise<boolean> {
  const counts = ["rdb_saves", "rdb_bgsave_in_progress", "rdb_last_load_keys_loaded"];
  const isKnown =
    counts.some((name) => Number(info.get(name) ?? 0) > 0) ||
    Number(info.get("second_repl_offset") ?? -1) >= 0;
  if (isKnown || info.get("aof_enabled") === "1") return true;
  const [, save = ""] = (await server.config("GET", "save")) as string[];
  return save !== "";
}

async function rewrite(server: Server, info: Info): Promise<void> {
  const after = await runAlone(info, () => server.bgrewriteaof());
  const status = after.get("aof_last_bgrewrite_status");
  if (status !== "ok") throw new Error(`that its last rewrite ended with ${status}`);
}

async function saveSnapshot(server: Server, info: Info): Promise<void> {
  const after = await runAlone(info, () => server.bgsave());
  const status = after.get("rdb_last_bgsave_status");
  if (status !== "ok") throw new Error(`that its last snapshot ended with ${status}`);
}

/** Redis refuses a rewrite or snapshot beside another one, which it or another worker may begin at any time. */
const refusal = /already in progress|child process is active/i;

/** What runs already began with what was there before, so another one is begun. Gives what Redis says once that has ended. */
async function runAlone(info: Info, begin: () => Promise<unknown>): Promise<Map<string, string>> {
  const endsAt = performance.now() + maxMs;
  for (;;) {
    await untilIdle(info, endsAt);
    try {
      await begin();
      return await untilIdle(info, performance.now() + maxMs);
    } catch (error) {
      if (!(error instanceof Error && refusal.test(error.message))) throw error;
    }
  }
}

async function untilIdle(info: Info, endsAt: number): Promise<Map<string, string>> {
  const busy = ["aof_rewrite_in_progress", "aof_rewrite_scheduled", "rdb_bgsave_in_progress"];
  for (;;) {
    const now = await info();
    if (busy.every((name) => now.get(name) !== "1")) return now;
    if (performance.now() > endsAt) throw new Error("nothing for ten minutes");
    await sleep(pollMs);
  }
}
