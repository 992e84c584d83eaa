import type { RedisClient } from "./redis.ts";

/** A Lua script under a name; ioredis sends its text once and its hash from then on. */
export type Script<Result> = (
  redis: RedisClient,
  keys: string[],
  args: (string | number | Buffer)[],
) => Promise<Result>;

export function defineScript<Result>(name: string, lua: string): Script<Result> {
  const command = `customerioRouter:${name}`;
  return async (redis, keys, args) => {
    const commands = redis as unknown as Record<string, (...args: unknown[]) => Promise<Result>>;
    if (!commands[command]) redis.defineCommand(command, { lua });
    return await (commands[command] as (...args: unknown[]) => Promise<Result>)(
      keys.length,
      ...keys,
      ...args,
    );
  };
}
