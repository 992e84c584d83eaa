import { setTimeout as sleep } from "node:timers/promises";
import { type Archive, openArchive } from "@customerio-router/archive";
import { createConnectionStore } from "@customerio-router/connections";
import { type Child, startProcess, waitFor } from "@customerio-router/fixtures";
import { listReplays, type Replay } from "@customerio-router/queue";
import { connectRedis, type RedisClient } from "@customerio-router/redis";
import { type Account, readLedger } from "@customerio-router/reports";
import type { Destination } from "./destination.ts";
import { type Router, startRouter } from "./router.ts";
import { post } from "./send.ts";

/** Intake and worker as processes, an archive written within a second, and the command that replays from it. */
export type Replaying = AsyncDisposable & {
  router: Router;
  redis: RedisClient;
  archive: Archive;
  connectionId: string;
  send(messages: object[]): Promise<void>;
  /** Resolves once this many messages are archived. */
  archived(lines: number): Promise<void>;
  /** `replay start` with these arguments besides. */
  start(...args: string[]): Promise<Child>;
  /** The newest replay. */
  newest(): Promise<Replay | undefined>;
  /** The newest replay, once it has added this many. */
  reached(added: number): Promise<Replay>;
  account(): Promise<Account>;
};

export async function openReplaying(options: Parameters<typeof startRouter>[0]): Promise<Replaying> {
  await using opening = new AsyncDisposableStack();
  const router = opening.use(await startRouter({ ...options, environment: { ARCHIVE_CUT_MS: "0" } }));
  const redis = connectRedis({ url: router.redis.url, profile: "producer" });
  opening.defer(() => redis.disconnect());
  const store = createConnectionStore({ redis, secretKey: router.env.SECRET_KEY, allowCustomTrackUrl: true });
  const { id } = await waitFor(async () => (await store.list())[0], { what: "the connection" });
  const { DATA_DIR: dataDir } = router.env;
  const archive = (await openArchive({ url: "file:", dataDir, onWarning: () => {} })) as Archive;
  const newest = async () => (await listReplays(redis, id))[0];
  const opened = opening.move();

  return {
    router,
    redis,
    archive,
    connectionId: id,
    async send(messages) {
      for (let from = 0; from < messages.length; from += 200) {
        const batch = messages.slice(from, from + 200);
        const answer = await post(router, "/v1/batch", JSON.stringify({ batch }));
        if (answer.status !== 200) throw new Error(`the intake answered ${answer.status}`);
      }
    },
    async archived(lines) {
      let found = 0;
      const areThere = async () => {
        found = (await archive.list()).find(({ connectionId }) => connectionId === id)?.lines ?? 0;
        return found === lines;
      };
      await waitFor(areThere, { what: () => `${lines} lines, of ${found}`, timeoutMs: 60_000, pollMs: 100 });
    },
    async start(...args) {
      return opened.use(
        await startProcess({
          entry: "apps/cli/src/main.ts",
          args: ["replay", "start", "Whole way", "--yes", "--json", ...args],
          env: router.env,
        }),
      );
    },
    newest,
    reached: (added) =>
      waitFor(
        async () => {
          const now = await newest();
          return now && now.added >= added ? now : undefined;
        },
        { what: `${added} to be added`, timeoutMs: 60_000 },
      ),
    account: async () => (await readLedger(redis, id, { by: "day" })).total,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** What the command printed as JSON in the end. */
export async function resultOf(child: Child): Promise<Replay> {
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`it exited with ${code}: ${child.stderr}`);
  return (JSON.parse(child.stdout) as { replay: Replay }).replay;
}

/** The events of a day, of forty people in turn. */
export function dayOf(count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    type: "track",
    messageId: `t${index}`,
    userId: `p${index % 40}`,
    event: "Bought",
    timestamp: secondOfDay(index),
  }));
}

export function secondOfDay(index: number): string {
  return new Date(Date.UTC(2026, 0, 1) + index * 1_000).toISOString();
}

export type Live = {
  /** The 99th percentile of the time to arrive, in milliseconds, of those that arrive meanwhile. */
  p99During(ms: number): Promise<number>;
  /** How many were sent. */
  stop(): Promise<number>;
};

/** Sends a live event about every 10 ms, each of a person of its own, and knows how long each took to arrive. */
export function sendLive(router: Router, destination: Destination): Live {
  const sentAtMs = new Map<string, number>();
  let tookMs: number[] = [];
  destination.misbehave = (operations) => {
    for (const { name = "" } of operations) {
      const sent = sentAtMs.get(name);
      if (sent !== undefined) tookMs.push(performance.now() - sent);
    }
    return undefined;
  };
  let isOver = false;
  const sending = (async () => {
    for (let number = 0; ; number++) {
      if (isOver) return number;
      const event = `Live ${number}`;
      sentAtMs.set(event, performance.now());
      const answer = await post(router, "/v1/track", JSON.stringify({ event, userId: `live-${number}` }));
      if (answer.status !== 200) throw new Error(`the intake answered ${answer.status}`);
      await answer.arrayBuffer();
      await sleep(10);
    }
  })();
  // Who stops it hears of a failure; where nobody does any more, the intake is gone.
  sending.catch(() => {});
  return {
    async p99During(ms) {
      tookMs = [];
      await sleep(ms);
      const sorted = tookMs.toSorted((one, other) => one - other);
      if (sorted.length <= 50) throw new Error(`only ${sorted.length} live events arrived in ${ms} ms`);
      return sorted[Math.floor(sorted.length * 0.99)] as number;
    },
    async stop() {
      isOver = true;
      return await sending;
    },
  };
}
