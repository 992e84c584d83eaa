import { parseArgs } from "node:util";
import { startRedis } from "@customerio-router/fixtures";
import { connectRedis, judgeServers } from "@customerio-router/redis";
import { estates } from "./estates.ts";
import { measureLoss } from "./losses.ts";
import { runEstate } from "./run-estate.ts";
import { listServers, type Server } from "./servers.ts";
import { formatLosses, formatMatrix, type Run, writeParts } from "./write-matrix.ts";

/*
 * Runs intake and worker on each version of Redis and Valkey that Debian has, in each way people run them: 4,000 messages, and
 * something ends in the middle. Writes what was seen into docs/redis.md unless `--dry` says not to. Fetches servers into
 * `--folder`. Exits with 1 when a message was lost, visible twice or out of order.
 */
const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    messages: { type: "string", default: "4000" },
    folder: { type: "string", default: "node_modules/.cache/redis-servers" },
    dry: { type: "boolean", default: false },
  },
});
const messages = Number(values.messages);
const runs: Run[] = [];
for (const server of listServers({ folder: values.folder })) {
  process.env.REDIS_SERVER = server.path;
  const refusal = await findRefusal();
  if (refusal === undefined) await runAll(server);
  else runs.push({ server: server.name, refusal });
}
delete process.env.REDIS_SERVER;
const losses = [await measureLoss(0, 400), await measureLoss(1, 400)];
const parts = { estates: formatMatrix(runs, messages), losses: formatLosses(losses) };
console.log(Object.values(parts).join("\n\n"));
if (!values.dry) writeParts(parts);
const isBad = ({ seen, error }: Run) =>
  error !== undefined || (seen !== undefined && seen.lost + seen.doubled + seen.outOfOrder > 0);
process.exitCode = runs.some(isBad) ? 1 : 0;

async function runAll(server: Server): Promise<void> {
  for (const [estate, open] of Object.entries(estates)) {
    if (!`${server.name} ${estate}`.includes(values.only)) continue;
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
