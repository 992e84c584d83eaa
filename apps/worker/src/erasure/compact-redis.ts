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
    const [, save = ""] = (await server.config("GET", "save")) as string[];
    if (save !== "") await saveSnapshot(server, info);
  });
  if (Number(before.get("connected_slaves") ?? 0) > 0) {
    unreachable.push("The files of Redis's replicas: have each write its own anew, with BGREWRITEAOF");
  }
  return unreachable;
}

type Info = () => Promise<Map<string, string>>;

async function rewrite(server: Server, info: Info): Promise<void> {
  await untilIdle(info);
  await server.bgrewriteaof();
  const after = await untilIdle(info);
  const status = after.get("aof_last_bgrewrite_status");
  if (status !== "ok") throw new Error(`that its last rewrite ended with ${status}`);
}

async function saveSnapshot(server: Server, info: Info): Promise<void> {
  await untilIdle(info);
  await server.bgsave();
  const after = await untilIdle(info);
  const status = after.get("rdb_last_bgsave_status");
  if (status !== "ok") throw new Error(`that its last snapshot ended with ${status}`);
}

/** What runs already began with what was there before. */
async function untilIdle(info: Info): Promise<Map<string, string>> {
  const endsAt = performance.now() + maxMs;
  const busy = ["aof_rewrite_in_progress", "aof_rewrite_scheduled", "rdb_bgsave_in_progress"];
  for (;;) {
    const now = await info();
    if (busy.every((name) => now.get(name) !== "1")) return now;
    if (performance.now() > endsAt) throw new Error("nothing for ten minutes");
    await sleep(pollMs);
  }
}
