import type { RedisClient } from "@customerio-router/redis";
import { readIntakes, readWorkers } from "@customerio-router/reports";
import cli from "../../package.json" with { type: "json" };
import { type Finding, good, wrongAsIn } from "./finding.ts";

type Process = { version?: string; host?: string; pid?: number };

/** Which processes are alive, and whether they and this command are of one version. */
export async function checkProcesses(redis: RedisClient): Promise<Finding[]> {
  const [workers, intakes] = await Promise.all([readWorkers(redis), readIntakes(redis)]);
  const versions = new Set(
    [cli, ...workers, ...intakes].map(({ version }: Process) => version ?? "an earlier one"),
  );
  const sameVersion = `Every process that is alive has ${cli.version}, as this command.`;
  return [
    workers.length === 0
      ? wrongAsIn("Workers", { name: "no-worker" })
      : good("Workers", `${workers.length} alive: ${workers.map(describe).join(", ")}.`),
    intakes.length === 0
      ? wrongAsIn("Intakes", { name: "no-intake" })
      : good("Intakes", `${intakes.length} alive: ${intakes.map(describe).join(", ")}.`),
    versions.size > 1
      ? wrongAsIn("Versions", {
          name: "versions-differ",
          detail: `Versions: ${[...versions].join(", ")}; this command has ${cli.version}.`,
        })
      : good("Versions", sameVersion),
  ];
}

function describe({ host = "unknown host", pid }: Process): string {
  return pid === undefined ? host : `process ${pid} on ${host}`;
}
