import { processUsage, startProcess, waitFor } from "@customerio-router/fixtures";
import type { ClientReport, Load, Target } from "./load.ts";
import { openDestination, type Pipeline, type Role } from "./open-pipeline.ts";
import type { Percentiles } from "./percentiles.ts";

/** What a destination saw since it was last reset. */
type Arrivals = {
  /** Of all time. */
  total: number;
  messages: number;
  seconds: number;
  /** When the last of them arrived, in Unix milliseconds. */
  lastAtMs: number;
  /** From the sending of a message to its arrival. */
  latencyMs: Percentiles;
};

export type Measurement = {
  /** Delivered. */
  perSecond: number;
  /** Milliseconds of CPU a message, which are seconds per 1,000 messages. */
  cpuMs: Partial<Record<Role, number>>;
  /** Resident megabytes at the end. */
  memoryMb: Partial<Record<Role, number>>;
  ackMs: Percentiles;
  deliveryMs: Percentiles;
};

/** Of the parts that are measured: intake, Redis and worker. */
export function totalCpuMs({ intake, redis, worker }: Measurement["cpuMs"]): number | undefined {
  if (intake === undefined || redis === undefined || worker === undefined) return undefined;
  return intake + redis + worker;
}

const clientEntry = "bench/pipeline/processes/client.ts";
/** Beyond what any load takes. */
const timeoutMs = 600_000;

/** Runs a client against a pipeline, and measures while it says so. */
export async function measureLoad(pipeline: Pipeline, load: Load): Promise<Measurement> {
  const { target, pids } = pipeline;
  const args = [JSON.stringify({ load, target })];
  return await measureProcess({ entry: clientEntry, args, destinationUrl: target.destinationUrl, pids });
}

/** customerio-node with 50 in flight needs no pipeline: it is the client. */
export async function measureCustomerioNode(options: {
  delayMs: number;
  warmUpMs: number;
  measureMs: number;
}): Promise<Measurement> {
  await using destination = await openDestination(options.delayMs);
  return await measureProcess({
    entry: "bench/pipeline/processes/customerio-node.ts",
    args: [destination.url, String(options.warmUpMs), String(options.measureMs)],
    destinationUrl: destination.url,
    pids: { destination: destination.pid },
  });
}

async function measureProcess(options: {
  entry: string;
  args: string[];
  destinationUrl: string;
  pids: Pipeline["pids"];
}): Promise<Measurement> {
  const { entry, args, destinationUrl } = options;
  await using client = await startProcess({ entry, args, ready: /measuring/, timeoutMs: timeoutMs });
  const pids = { ...options.pids, client: client.pid };
  await resetArrivals(destinationUrl);
  const before = await readUsage(pids);
  const report = await reportOf(client);
  const [after, arrivals] = await Promise.all([readUsage(pids), readArrivals(destinationUrl)]);
  if (report.refused > 0) throw new Error(`${report.refused} messages were refused`);
  const cpuMs = cpuPerMessage(before, after, arrivals.messages);
  const memoryMb = eachRole(after, ({ memoryBytes }) => memoryBytes / 1_000_000);
  const perSecond = arrivals.messages / arrivals.seconds;
  return { perSecond, cpuMs, memoryMb, ackMs: report.ackMs, deliveryMs: arrivals.latencyMs };
}

/** Sends so many messages and waits until all are acknowledged. */
export async function fill(target: Target, messages: number, perRequest: number): Promise<void> {
  await sendAll(target, { perRequest, people: 10_000, pace: { connections: 32 }, until: { messages } });
}

/** The CPU that a number of messages costs, from the sending of the first to the arrival of the last. */
export async function measureMessages(
  pipeline: Pipeline,
  load: Load & { until: { messages: number } },
): Promise<Measurement["cpuMs"]> {
  const { target, pids } = pipeline;
  const { messages } = load.until;
  const { total } = await readArrivals(target.destinationUrl);
  const before = await readUsage(pids);
  await sendAll(target, load);
  await waitFor(async () => (await readArrivals(target.destinationUrl)).total >= total + messages, {
    what: `${messages} messages to arrive`,
    timeoutMs: timeoutMs,
    pollMs: 20,
  });
  return cpuPerMessage(before, await readUsage(pids), messages);
}

async function sendAll(target: Target, load: Load & { until: { messages: number } }): Promise<void> {
  const { messages } = load.until;
  await using client = await startProcess({ entry: clientEntry, args: [JSON.stringify({ load, target })] });
  const { acked } = await reportOf(client);
  if (acked < messages) throw new Error(`only ${acked} of ${messages} messages were acknowledged`);
}

async function reportOf(client: { output: string; running: boolean }): Promise<ClientReport> {
  const [, report = ""] = await waitFor(() => !client.running || /^measured (.*)$/m.exec(client.output), {
    what: () => `the client's report; it wrote: ${client.output}`,
    timeoutMs: timeoutMs,
  }).then((found) => (found === true ? (/^measured (.*)$/m.exec(client.output) ?? []) : found));
  if (report === "") throw new Error(`the client ended without a report: ${client.output}`);
  return JSON.parse(report) as ClientReport;
}

export async function resetArrivals(destinationUrl: string): Promise<void> {
  await (await fetch(`${destinationUrl}/reset`, { method: "POST" })).text();
}

export async function readArrivals(destinationUrl: string): Promise<Arrivals> {
  return (await (await fetch(`${destinationUrl}/arrivals`)).json()) as Arrivals;
}

/** Until nothing has arrived for a while: what was sent before is through. */
export async function untilQuiet(destinationUrl: string): Promise<void> {
  let before = -1;
  for (;;) {
    const { total } = await readArrivals(destinationUrl);
    if (total === before) return;
    before = total;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

type Usage = Partial<Record<Role, Awaited<ReturnType<typeof processUsage>>>>;

function cpuPerMessage(before: Usage, after: Usage, messages: number): Measurement["cpuMs"] {
  return eachRole(
    after,
    ({ cpuSeconds }, role) => ((cpuSeconds - (before[role]?.cpuSeconds ?? 0)) * 1_000) / messages,
  );
}

function eachRole(
  usage: Usage,
  figure: (usage: NonNullable<Usage[Role]>, role: Role) => number,
): Partial<Record<Role, number>> {
  const roles = Object.keys(usage) as Role[];
  return Object.fromEntries(
    roles.map((role) => [role, figure(usage[role] as NonNullable<Usage[Role]>, role)]),
  );
}

async function readUsage(pids: Pipeline["pids"]): Promise<Usage> {
  const roles = Object.keys(pids) as Role[];
  const usages = await Promise.all(
    roles.map((role) =>
      processUsage(pids[role] as number).catch((error: unknown) => {
        throw new Error(`the process of the ${role} has ended`, { cause: error });
      }),
    ),
  );
  return Object.fromEntries(roles.map((role, index) => [role, usages[index]]));
}
