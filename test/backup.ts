import { execFile } from "node:child_process";
import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Redis, redisServerPath, startChild, startProcess, waitFor } from "@customerio-router/fixtures";
import { connectRedis, isReady, type RedisClient, readInfo } from "@customerio-router/redis";

const run = promisify(execFile);
const hourMs = 60 * 60 * 1_000;

/** What of an installation is copied, and where to. */
export type Places = { redis: Redis; dataDir: string; folder: string };

/** Copies while everything runs, in the order of docs/backup.md: the way that messages go. */
export const copy = {
  async spool({ dataDir, folder }: Places): Promise<{ messages: number }> {
    await using command = await startProcess({
      entry: "apps/cli/src/main.ts",
      args: ["spool", "copy", join(folder, "spool"), "--json"],
      env: { DATA_DIR: dataDir },
    });
    const { code } = await command.exited;
    if (code !== 0) throw new Error(`it exited with ${code}: ${command.output}`);
    return JSON.parse(command.stdout);
  },
  async redis({ redis, folder }: Places): Promise<void> {
    const cli = redisServerPath().replace(/server$/, "cli");
    await run(cli, ["-u", redis.url, "--rdb", join(folder, "redis.rdb")]);
  },
  async archive({ dataDir, folder }: Places): Promise<void> {
    const unfinished = join(dataDir, "archive", "tmp");
    await cp(join(dataDir, "archive"), join(folder, "archive"), {
      recursive: true,
      filter: (path) => path !== unfinished,
    });
  },
};

/** Puts spool and archive back. */
export async function restoreFiles({ dataDir, folder }: Places): Promise<void> {
  for (const name of ["spool", "archive"]) {
    await rm(join(dataDir, name), { recursive: true });
    await cp(join(folder, name), join(dataDir, name), { recursive: true });
  }
}

/**
 * Puts Redis back as docs/backup.md says, where the files of the last one were: from the copy without an append-only file,
 * which is made then. `before` sees it before anybody else does.
 */
export async function restoreRedis(
  { redis, folder }: Places,
  redisDir: string,
  before: (client: RedisClient) => Promise<void>,
): Promise<void> {
  await rm(redisDir, { recursive: true });
  await mkdir(redisDir);
  await cp(join(folder, "redis.rdb"), join(redisDir, "dump.rdb"));
  const socket = join(redisDir, "restore.sock");
  await using server = await startChild({
    command: redisServerPath(),
    args: ["--port", "0", "--unixsocket", socket, "--dir", redisDir, "--appendonly", "no", "--save", ""],
    cwd: redisDir,
    env: {},
  });
  const client = connectRedis({ url: `unix://${socket}`, profile: "consumer" });
  try {
    await waitFor(() => isReady(client), {
      what: () => `Redis to load the copy; it wrote: ${server.output}`,
    });
    await before(client);
    await client.config("SET", "appendonly", "yes");
    const isWritten = async () => {
      const info = readInfo(await client.info("persistence"));
      return info.get("aof_rewrite_in_progress") === "0" && info.get("aof_rewrite_scheduled") === "0";
    };
    await waitFor(isWritten, { what: "the append-only file" });
  } finally {
    client.disconnect();
  }
  await server.kill("SIGTERM");
  await redis.restart();
}

/** What expires within the hour is gone, and the rest expires an hour sooner; nothing else of a copy depends on its age. */
export async function makeHourOld(client: RedisClient): Promise<void> {
  for (const key of await client.keys("*")) {
    const leftMs = await client.pttl(key);
    if (leftMs < 0) continue;
    if (leftMs <= hourMs) await client.del(key);
    else await client.pexpire(key, leftMs - hourMs);
  }
}
