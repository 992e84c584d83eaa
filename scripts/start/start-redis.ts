import { mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { ensureProgram, findProgram, redisServer } from "../set-up/programs.mjs";
import { choosePort, isFree } from "./choose-port.ts";
import { EndedError, type Supervisor } from "./supervisor.ts";

const HOST = "127.0.0.1";

type RedisOptions = { supervisor: Supervisor; dataDir: string };

/**
 * A redis-server of our own, on this port, or on another one where somebody else took it meanwhile. `taken` are the ports of
 * the other programs. Gives its URL.
 */
export async function startRedis({
  port: wanted,
  taken,
  ...options
}: RedisOptions & { port: number; taken: readonly number[] }): Promise<string> {
  for (let port = wanted; ; ) {
    try {
      return await startOn(port, options);
    } catch (error) {
      // One that is slow, or is to stop, is still there: a second one would write into its folder.
      if (!(error instanceof EndedError) || (await isFree(port, HOST))) throw error;
      port = await choosePort({ what: "Redis", wanted: port, host: HOST, taken: new Set([port, ...taken]) });
    }
  }
}

/** Every write is on disk before it is acknowledged; it takes no more than `maxmemory`, and refuses writes then rather than forget a job. */
async function startOn(port: number, { supervisor, dataDir }: RedisOptions): Promise<string> {
  const folder = join(dataDir, "redis");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  ensureProgram(redisServer);
  const settings = {
    bind: HOST,
    port: String(port),
    dir: folder,
    save: "",
    appendonly: "yes",
    appendfsync: "always",
    maxmemory: "1gb",
    "maxmemory-policy": "noeviction",
    logfile: join(folder, "redis.log"),
  };
  await supervisor.start({
    name: "redis",
    command: findProgram(redisServer) as string,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    env: {},
    log: settings.logfile,
    isReady: () => answersAs(port, settings.logfile),
  });
  return `redis://${HOST}:${port}`;
}

/**
 * Whether it is ours that answers, which its log tells: what took its port may be another Redis. By hand: a client would go
 * on for its own reasons where one try is wanted.
 */
function answersAs(port: number, log: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST, () => socket.write("CONFIG GET logfile\r\n"));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on("error", () => {});
    socket.on("close", () => resolve(false));
    socket.on("data", (reply) => {
      resolve(reply.toString().includes(`\r\n${log}\r\n`));
      socket.destroy();
    });
  });
}
