import { mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { ensureProgram, findProgram, redisServer } from "../set-up/programs.mjs";
import type { Supervisor } from "./supervisor.ts";

const HOST = "127.0.0.1";

/**
 * A redis-server of our own. Every write is on disk before it is acknowledged; it takes no more than `maxmemory`,
 * and refuses writes then rather than forget a job. Gives its URL.
 */
export async function startRedis(options: {
  supervisor: Supervisor;
  dataDir: string;
  port: number;
}): Promise<string> {
  const { supervisor, dataDir, port } = options;
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
    isReady: () => answersPing(port),
  });
  return `redis://${HOST}:${port}`;
}

/** By hand: a client would go on for its own reasons where one try is wanted. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST, () => socket.write("PING\r\n"));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on("error", () => {});
    socket.on("close", () => resolve(false));
    socket.on("data", (reply) => {
      resolve(reply.toString().startsWith("+PONG"));
      socket.destroy();
    });
  });
}
