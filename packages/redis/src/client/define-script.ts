import type { RedisClient } from "./redis-client.ts";

export type ScriptArgument = string | number | Buffer;

/** A Lua script under a name; ioredis sends its text once and its hash from then on. */
export type Script<Result> = {
  (redis: RedisClient, keys: string[], args: ScriptArgument[]): Promise<Result>;
  /** Gives texts as bytes. */
  asBytes(redis: RedisClient, keys: string[], args: ScriptArgument[]): Promise<Result>;
  /**
   * Makes the script a command of the pipelines that a client opens from now on. Gives its name; it takes the number of
   * keys, the keys, and the arguments.
   */
  define(redis: RedisClient): string;
};

export function defineScript<Result>(name: string, lua: string): Script<Result> {
  type Commands = Record<string, (...args: ScriptArgument[]) => Promise<Result>>;
  const command = `customerioRouter:${name}`;

  function define(redis: RedisClient): string {
    if (!(redis as unknown as Commands)[command]) redis.defineCommand(command, { lua });
    return command;
  }

  async function run(redis: RedisClient, keys: string[], args: ScriptArgument[]): Promise<Result> {
    const commands = redis as unknown as Commands;
    return await (commands[define(redis)] as Commands[string])(keys.length, ...keys, ...args);
  }

  async function asBytes(redis: RedisClient, keys: string[], args: ScriptArgument[]): Promise<Result> {
    const commands = redis as unknown as Commands;
    return await (commands[`${define(redis)}Buffer`] as Commands[string])(keys.length, ...keys, ...args);
  }
  return Object.assign(run, { define, asBytes });
}
