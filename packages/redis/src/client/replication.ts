import type { Script, ScriptArgument } from "./define-script.ts";
import { isCluster, isReady, type RedisClient } from "./redis-client.ts";

/** How long replicas have to confirm a write. One that is in sync needs a few milliseconds. */
const confirmMs = 300;

/** Whoever goes on all the same does not wait again so soon. */
const behindMs = 1_000;

/** A write that is done, and of which it is known whether enough replicas have it. */
export type Replicated<Result> = { result: Result; isConfirmed: boolean };

/** Runs scripts that write, and waits until enough replicas have what was written up to then. */
export type Replication = Disposable & {
  /** Too few replicas confirmed a write a moment ago. */
  readonly isBehind: boolean;
  run<Result>(script: Script<Result>, keys: string[], args: ScriptArgument[]): Promise<Replicated<Result>>;
};

/**
 * On a connection of its own, since a `WAIT` holds up everything behind it. It is in the script's pipeline, which goes to the
 * node of the keys' slot: alone it would go to any node of a cluster. A script that found nothing to write has to write
 * something all the same: `WAIT` counts up to the connection's last write.
 */
export function createReplication({
  redis,
  replicas,
}: {
  redis: RedisClient;
  /** How many, from 1 on. */
  replicas: number;
}): Replication {
  const client = isCluster(redis) ? redis.duplicate([], redis.options) : redis.duplicate();
  // The original client reports the same errors, and is made anew where its connection is half-open.
  client.on("error", () => {});
  const renew = () => {
    if (isReady(client)) client.disconnect(true);
  };
  redis.on("close", renew);
  let behindAtMs = Number.NEGATIVE_INFINITY;

  return {
    get isBehind() {
      return performance.now() - behindAtMs < behindMs;
    },
    async run<Result>(script: Script<Result>, keys: string[], args: ScriptArgument[]) {
      const name = script.define(client);
      const pipeline = client.pipeline();
      const commands = pipeline as unknown as { [name: string]: (...args: ScriptArgument[]) => unknown };
      commands[name]?.(keys.length, ...keys, ...args);
      pipeline.call("WAIT", replicas, confirmMs);
      const [written, waited] = (await pipeline.exec()) ?? [];
      const error = written?.[0] ?? waited?.[0];
      if (error || !written || !waited) {
        // ioredis learns from a pipeline where a slot has moved only if all of its commands say so, and WAIT does not.
        if (isCluster(client)) client.refreshSlotsCache();
        throw error ?? new Error("Redis did not answer a pipeline");
      }
      const isConfirmed = Number(waited[1]) >= replicas;
      if (!isConfirmed) behindAtMs = performance.now();
      return { result: written[1] as Result, isConfirmed };
    },
    [Symbol.dispose]() {
      redis.off("close", renew);
      client.disconnect();
    },
  };
}
