import { startRedis } from "@customerio-router/fixtures";
import { connectRedis, judgeServers } from "@customerio-router/redis";
import { createCommand, numberFrom, readCommandLine } from "@customerio-router/service";
import { estates } from "./estates.ts";
import { measureLoss } from "./losses.ts";
import { runEstate } from "./run-estate.ts";
import { listServers, type Server } from "./servers.ts";
import { formatLosses, formatMatrix, type Run, writeParts } from "./write-matrix.ts";

/*
 * Runs intake and worker on each version of Redis and Valkey that Debian has, in each way people run them: 4,000 messages, and
 * something ends in the middle. Writes what was seen into docs/redis.md. Exits with 1 when a message was lost, visible twice or out of order.
 */
const {
  only = "",
  messages,
  folder,
  dry = false,
} = readCommandLine(
  createCommand("npm run estates --", {
    summary: "Run intake and worker on each version of Redis and Valkey that Debian has",
    examples: ["npm run estates -- --only sentinel --dry"],
    exitCode1: "a message was lost, visible twice or out of order",
  })
    .option("--only <text>", "only the servers and kinds whose name contains this text")
    .option("--messages <number>", "messages that are sent to each", numberFrom(1), 4_000)
    .option("--folder <folder>", "where the servers are fetched to", "node_modules/.cache/redis-servers")
    .option("--dry", "write nothing into docs/redis.md"),
  process.argv.slice(2),
);
const runs: Run[] = [];
for (const server of listServers({ folder })) {
  process.env.REDIS_SERVER = server.path;
  const refusal = await findRefusal();
  if (refusal === undefined) await runAll(server);
  else runs.push({ server: server.name, refusal });
}
delete process.env.REDIS_SERVER;
const losses = [await measureLoss(0, 400), await measureLoss(1, 400)];
const parts = { estates: formatMatrix(runs, messages), losses: formatLosses(losses) };
console.log(Object.values(parts).join("\n\n"));
if (!dry) writeParts(parts);
const isBad = ({ seen, error }: Run) =>
  error !== undefined || (seen !== undefined && seen.lost + seen.doubled + seen.outOfOrder > 0);
process.exitCode = runs.some(isBad) ? 1 : 0;

async function runAll(server: Server): Promise<void> {
  for (const [estate, open] of Object.entries(estates)) {
    if (!`${server.name} ${estate}`.includes(only)) continue;
    const run = { server: server.name, estate };
    try {
      const seen = await runEstate(open, messages);
      console.error(`${server.name}, ${estate}: ${JSON.stringify(seen)}`);
      runs.push({ ...run, seen });
    } catch (error) {
      console.error(`${server.name}, ${estate}: ${error}`);
      runs.push({ ...run, error: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** Why a server cannot be used, as the apps say it. */
async function findRefusal(): Promise<string | undefined> {
  await using server = await startRedis();
  const redis = connectRedis({ url: server.url, profile: "consumer" });
  try {
    return (await judgeServers(redis))?.sentence;
  } finally {
    redis.disconnect();
  }
}
