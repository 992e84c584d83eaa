import { writeTable } from "../pipeline/write-table.ts";
import type { Results } from "./results.ts";

/** The results in Markdown. */
export function writeReport({ machine, node, idle, busy, backlog }: Results): string {
  const parts = [
    `Measured by \`npm run scale\` on ${machine}, Node ${node}. CPU is what the operating system counted for each process; memory is resident.`,
  ];
  const empty = idle?.find(({ connections }) => connections === 0);
  if (idle && empty) {
    parts.push(
      "Idle connections. *Each* is above the processes without connections:",
      writeTable(
        [
          "connections",
          "worker MB",
          "each, KB",
          "worker, % of a core",
          "each, %",
          "intake MB",
          "intake, %",
          "Redis data, KB each",
          "Redis, %",
        ],
        idle.map(({ connections, worker, intake, redis, redisDataBytes }) => {
          const each = (value: number, digits: number) =>
            connections < 100 ? "" : (value / connections).toFixed(digits);
          return [
            round(connections),
            (worker.memoryBytes / 1e6).toFixed(0),
            each((worker.memoryBytes - empty.worker.memoryBytes) / 1_000, 1),
            (worker.cores * 100).toFixed(2),
            each((worker.cores - empty.worker.cores) * 100, 4),
            (intake.memoryBytes / 1e6).toFixed(0),
            (intake.cores * 100).toFixed(2),
            each((redisDataBytes - empty.redisDataBytes) / 1_000, 2),
            (redis.cores * 100).toFixed(2),
          ];
        }),
      ),
    );
  }
  if (busy) {
    parts.push(
      "Busy connections: single messages of about 600 bytes, spread evenly. Microseconds of CPU per message:",
      writeTable(
        ["connections", "messages a second", "intake", "Redis", "worker", "total", "worker MB"],
        busy.map(({ connections, perSecond, cpuMicroseconds: { intake, redis, worker }, workerBytes }) => [
          round(connections),
          round(perSecond),
          ...[intake, redis, worker, intake + redis + worker].map(round),
          (workerBytes / 1e6).toFixed(0),
        ]),
      ),
    );
  }
  if (backlog) {
    parts.push(
      "Backlogs of one connection, posted twenty at a time, without an append-only file. Of a backlog above 100,000 messages the rest are copies of their jobs made in Redis; a drain is measured for at most a minute:",
      writeTable(
        [
          "waiting messages",
          "bytes of Redis each",
          "GB",
          "drained a second",
          "Redis µs",
          "worker µs",
          "worker MB",
          "drained",
        ],
        backlog.map(
          ({ messages, bytesPerMessage, perSecond, cpuMicroseconds, workerBytes, drainedMessages }) => [
            round(messages),
            round(bytesPerMessage),
            ((messages * bytesPerMessage) / 1e9).toFixed(2),
            round(perSecond),
            cpuMicroseconds.redis.toFixed(1),
            cpuMicroseconds.worker.toFixed(1),
            (workerBytes / 1e6).toFixed(0),
            round(drainedMessages),
          ],
        ),
      ),
    );
  }
  return `${parts.join("\n\n")}\n`;
}

function round(number: number): string {
  return Math.round(number).toLocaleString("en");
}
