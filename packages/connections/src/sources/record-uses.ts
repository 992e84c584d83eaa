import { connectionKeys, defineScript, type RedisClient } from "@customerio-router/redis";
import { startRepeating } from "@customerio-router/service";
import type { WriteKeyLookup } from "../keys/write-key-lookup.ts";

const recordMs = 10_000;

/** A key that was retired since its last use is forgotten with its uses. */
const write = defineScript<number>(
  "recordUses",
  `local writeKeys, uses = unpack(KEYS)
   for at = 1, #ARGV, 2 do
     if redis.call('HEXISTS', writeKeys, ARGV[at]) == 1 then redis.call('HSET', uses, ARGV[at], ARGV[at + 1]) end
   end
   return 1`,
);

/** Writes down every 10 s which write keys were used. Disposing does so once more. */
export function recordUses(options: {
  redis: RedisClient;
  lookup: Pick<WriteKeyLookup, "takeUses">;
}): AsyncDisposable {
  const { redis, lookup } = options;

  async function record(): Promise<void> {
    const uses = lookup.takeUses();
    if (uses.size === 0) return;
    await write(redis, [connectionKeys.writeKeys, connectionKeys.writeKeyUses], [...uses].flat());
  }
  // A use that Redis misses is followed by others, and the client's owner logs that Redis is away.
  const repeating = startRepeating(recordMs, () => record().catch(() => {}));
  return {
    async [Symbol.asyncDispose]() {
      repeating[Symbol.dispose]();
      await record().catch(() => {});
    },
  };
}
