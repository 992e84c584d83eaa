import { type Redis, startProcess, startRedis, temporaryFolder, waitFor } from "@customerio-router/fixtures";
import { startersOf } from "./designs.ts";
import type { Target } from "./load.ts";
import { writeMessage } from "./message.ts";
import type { Appendfsync, Design, Posting } from "./plan.ts";

export type Role = "client" | "intake" | "redis" | "worker" | "destination";

/** A design that runs: every part a process of its own on this machine. */
export type Pipeline = AsyncDisposable & {
  target: Target;
  redis: Redis;
  /** What there is already; the client comes with each load. */
  pids: Partial<Record<Role, number>>;
  /** Resolves when a first message has gone all the way. */
  startWorker(): Promise<void>;
};

const writeKey = "write-key-of-the-bench";

export async function openDestination(
  delayMs: number,
): Promise<AsyncDisposable & { url: string; pid: number }> {
  const listening = /listening on (\S+)/;
  const destination = await startProcess({
    entry: "bench/pipeline/processes/destination.ts",
    args: [String(delayMs)],
    ready: listening,
  });
  const [, url = ""] = listening.exec(destination.output) ?? [];
  return { url, pid: destination.pid, [Symbol.asyncDispose]: () => destination[Symbol.asyncDispose]() };
}

export async function openPipeline(options: {
  design: Design;
  delayMs: number;
  posting?: Posting;
  appendfsync?: Appendfsync;
  checkout?: string | undefined;
  profileFolder?: string | undefined;
}): Promise<Pipeline> {
  const { design, delayMs, posting = "singles", appendfsync = "everysec" } = options;
  await using opening = new AsyncDisposableStack();
  const redis = opening.use(await startRedis({ appendfsync, maxmemory: "6gb" }));
  const destination = opening.use(await openDestination(delayMs));
  const { path: dataFolder } = opening.use(await temporaryFolder());
  const start = startersOf(design, {
    ...options,
    redisUrl: redis.url,
    destinationUrl: destination.url,
    writeKey,
    dataFolder,
    posting,
  });
  const intake = await start.intake();
  opening.use(intake.process);
  const target = { intakeUrl: intake.url, writeKey, destinationUrl: destination.url };
  const pids: Pipeline["pids"] = {
    intake: intake.process.pid,
    redis: redis.pid,
    destination: destination.pid,
  };
  const opened = opening.move();
  return {
    target,
    redis,
    pids,
    async startWorker() {
      const worker = opened.use(await start.worker());
      pids.worker = worker.pid;
      await sendFirst(target, () => worker.output);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Whatever a worker logs of its start, it has started when it delivers. */
async function sendFirst(target: Target, told: () => string): Promise<void> {
  const { intakeUrl, writeKey, destinationUrl } = target;
  const answer = await fetch(`${intakeUrl}/v1/track`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${writeKey}:`).toString("base64")}`,
      "content-type": "application/json",
    },
    body: writeMessage({ number: "first", userId: "person-first" }),
  });
  if (!answer.ok) throw new Error(`the intake refused the first message: ${answer.status}`);
  const hasArrived = async () => (await (await fetch(`${destinationUrl}/total`)).text()) !== "0";
  await waitFor(hasArrived, {
    what: () => `the first message to arrive; the worker wrote: ${told()}`,
    timeoutMs: 30_000,
  });
}
