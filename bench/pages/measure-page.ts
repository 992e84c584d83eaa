import { Agent, get } from "node:http";
import { processUsage } from "@customerio-router/fixtures";
import { type RedisClient, readInfo } from "@customerio-router/redis";
import { quantile } from "../pipeline/percentiles.ts";
import type { BenchedPage } from "./list-pages.ts";
import type { Estate } from "./open-estate.ts";

export type Measured = {
  page: string;
  times: number;
  /** From the request to the last byte of the answer, over 127.0.0.1, in milliseconds; the first request is apart. */
  firstMs: number;
  p50Ms: number;
  p95Ms: number;
  maxMs: number;
  /** CPU of the dashboard and of Redis per answer, in milliseconds, and commands of Redis. */
  dashboardCpuMs: number;
  redisCpuMs: number;
  commands: number;
  kilobytes: number;
  /** Answers that were errors: on a machine that is busy with others, commands of Redis time out. */
  failed: number;
};

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Asks for the page one time after the other. */
export async function measurePage(
  estate: Estate,
  { name, path }: BenchedPage,
  { times, perPageMs }: { times: number; perPageMs: number },
): Promise<Measured> {
  const first = await ask(estate, path(0));
  const before = await readUsage(estate);
  const taken: number[] = [];
  let failed = first.isFine ? 0 : 1;
  const startedAtMs = performance.now();
  while (taken.length < times && performance.now() - startedAtMs < perPageMs) {
    const { ms, isFine } = await ask(estate, path(taken.length + 1));
    taken.push(ms);
    if (!isFine) failed += 1;
  }
  const after = await readUsage(estate);
  const each = (what: keyof Usage) => (after[what] - before[what]) / taken.length;
  return {
    page: name,
    times: taken.length,
    firstMs: first.ms,
    p50Ms: quantile(taken, 0.5),
    p95Ms: quantile(taken, 0.95),
    maxMs: Math.max(...taken),
    dashboardCpuMs: each("dashboardCpuMs"),
    redisCpuMs: each("redisCpuMs"),
    commands: each("commands"),
    kilobytes: first.bytes / 1_000,
    failed,
  };
}

function ask({ url, cookie }: Estate, path: string): Promise<{ ms: number; bytes: number; isFine: boolean }> {
  const headers = { cookie, accept: "text/html" };
  const startedAtMs = performance.now();
  return new Promise((resolve, reject) => {
    const request = get(url + path, { agent, headers }, (reply) => {
      let bytes = 0;
      reply.on("data", (part: Buffer) => {
        bytes += part.length;
      });
      reply.on("error", reject);
      reply.on("end", () => {
        const isFine = reply.statusCode === 200 || reply.statusCode === 303;
        resolve({ ms: performance.now() - startedAtMs, bytes, isFine });
      });
    });
    request.on("error", reject);
  });
}

type Usage = { dashboardCpuMs: number; redisCpuMs: number; commands: number };

async function readUsage({ dashboardPid, redis, client }: Estate): Promise<Usage> {
  const [dashboard, server, commands] = await Promise.all([
    processUsage(dashboardPid),
    processUsage(redis.pid),
    readCommands(client),
  ]);
  return {
    dashboardCpuMs: dashboard.cpuSeconds * 1_000,
    redisCpuMs: server.cpuSeconds * 1_000,
    commands,
  };
}

async function readCommands(client: RedisClient): Promise<number> {
  return Number(readInfo(await client.info("stats")).get("total_commands_processed"));
}
