import { formatVersion, type RedisClient } from "@customerio-router/redis";
import { readIntakes, readWorkers } from "@customerio-router/reports";

/** A process that is alive; dashboards, and intakes of the first format, do not report. */
export type LivingProcess = {
  app: "worker" | "intake";
  version: string | null;
  /** The newest that it reads. */
  format: number;
  host: string | null;
  pid: number | null;
  isOlder: boolean;
};

export async function readProcesses(redis: RedisClient): Promise<LivingProcess[]> {
  const [workers, intakes] = await Promise.all([readWorkers(redis), readIntakes(redis)]);
  const describe = (
    app: LivingProcess["app"],
    { version = null, format = 1, host = null, pid = null }: Partial<Omit<LivingProcess, "app">>,
  ) => ({ app, version, format, host, pid, isOlder: format < formatVersion });
  return [...workers.map((one) => describe("worker", one)), ...intakes.map((one) => describe("intake", one))];
}

/** As a person finds it. */
export function nameProcess({ app, version, format, host, pid }: LivingProcess): string {
  const where = pid === null ? "on an unknown host" : `process ${pid} on ${host}`;
  return `${app}, ${where}, version ${version ?? "unknown"}, reads format ${format}`;
}
