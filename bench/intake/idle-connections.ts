import { once } from "node:events";
import { connect } from "node:net";
import { processUsage } from "@customerio-router/fixtures";
import { load, percentile } from "./load.ts";
import { createRequests } from "./requests.ts";
import { startIntake, writeKey } from "./servers.ts";

const atOnce = 200;

/** Opens connections that send one message each and then stay; what they cost in memory, and what others feel of them. */
export async function measureIdleConnections({ connections }: { connections: number }): Promise<object> {
  await using intake = await startIntake();
  const requests = createRequests({ writeKey, messages: 1, isPacked: false });
  const busy = () => load({ port: intake.port, connections: 64, requests, durationMs: 2_000 });
  await busy();
  const before = await processUsage(intake.process.pid);
  const sockets = [];
  try {
    while (sockets.length < connections) {
      const some = Array.from({ length: atOnce }, () => connect(intake.port, "127.0.0.1"));
      sockets.push(...some);
      await Promise.all(
        some.map(async (socket) => {
          socket.write(requests());
          await once(socket, "data");
        }),
      );
    }
    const after = await processUsage(intake.process.pid);
    const { latenciesMs } = await busy();
    const open = sockets.filter((socket) => !socket.destroyed).length;
    return {
      "still open": open,
      "MB before": Math.round(before.memoryBytes / 1e6),
      "MB with them": Math.round(after.memoryBytes / 1e6),
      "KB each": ((after.memoryBytes - before.memoryBytes) / 1_024 / connections).toFixed(1),
      "p50 ms of 64 busy ones": percentile(latenciesMs, 0.5).toFixed(1),
      "p99 ms": percentile(latenciesMs, 0.99).toFixed(1),
    };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}
