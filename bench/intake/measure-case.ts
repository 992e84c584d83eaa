import { processUsage } from "@customerio-router/fixtures";
import { load, percentile } from "./load.ts";
import { createRequests, type Requests } from "./requests.ts";
import { type Server, startFastifyAlone, startIntake, writeKey } from "./servers.ts";

export type Case = { connections: number /** Of a request. */; messages: number; isPacked: boolean };

export type Measured = {
  messagesPerSecond: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** The server's own, all its threads, a message. */
  cpuMicroseconds: number;
  /** Requests answered 429, a second. */
  refusedPerSecond: number;
};

const warmUpMs = 1_000;
const roundMs = 3_000;

/** Each server by turns, so that what else the machine does befalls both; the median of each figure. */
export async function measureCase(
  one: Case,
  { rounds, onRound }: { rounds: number; onRound: (round: number) => void },
): Promise<{ intake: Measured; alone: Measured }> {
  const requests = createRequests({ writeKey, ...one });
  const intake: Measured[] = [];
  const alone: Measured[] = [];
  for (let round = 1; round <= rounds; round++) {
    onRound(round);
    intake.push(await measure(startIntake, one, requests));
    alone.push(await measure(startFastifyAlone, one, requests));
  }
  return { intake: medians(intake), alone: medians(alone) };
}

async function measure(start: () => Promise<Server>, one: Case, requests: Requests): Promise<Measured> {
  await using server = await start();
  const { port, process } = server;
  const { connections, messages } = one;
  await load({ port, connections, requests, durationMs: warmUpMs });
  const before = await processUsage(process.pid);
  const result = await load({ port, connections, requests, durationMs: roundMs });
  const after = await processUsage(process.pid);
  const requestsPerSecond = result.requests / result.seconds;
  return {
    requestsPerSecond,
    messagesPerSecond: requestsPerSecond * messages,
    refusedPerSecond: result.refused / result.seconds,
    p50Ms: percentile(result.latenciesMs, 0.5),
    p99Ms: percentile(result.latenciesMs, 0.99),
    cpuMicroseconds: ((after.cpuSeconds - before.cpuSeconds) * 1e6) / (result.requests * messages),
  };
}

function medians(rounds: Measured[]): Measured {
  const median = (figure: keyof Measured) =>
    rounds.map((round) => round[figure]).toSorted((one, other) => one - other)[
      Math.floor(rounds.length / 2)
    ] ?? Number.NaN;
  return {
    messagesPerSecond: median("messagesPerSecond"),
    requestsPerSecond: median("requestsPerSecond"),
    refusedPerSecond: median("refusedPerSecond"),
    p50Ms: median("p50Ms"),
    p99Ms: median("p99Ms"),
    cpuMicroseconds: median("cpuMicroseconds"),
  };
}
