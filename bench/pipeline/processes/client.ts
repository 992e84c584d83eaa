import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import type { ClientReport, Load, Target } from "../load.ts";
import { writeMessage } from "../message.ts";
import { nowMs } from "../now.ts";
import { percentiles } from "../percentiles.ts";

/*
 * Sends messages as its first argument says, a Load and a Target as JSON. Writes `measuring` when the warm-up is over,
 * and `measured` with its report as JSON at the end.
 */
const { load, target } = JSON.parse(process.argv[2] ?? "") as { load: Load; target: Target };
const { perRequest, people, heavyShare = 0, pace, mostAhead = Number.POSITIVE_INFINITY, until } = load;

/** At a given rate: enough that no request waits for a connection. */
const mostConnections = 512;
const path = perRequest === 1 ? "/v1/track" : "/v1/batch";
const headers = {
  authorization: `Basic ${Buffer.from(`${target.writeKey}:`).toString("base64")}`,
  "content-type": "application/json",
};
const connections = "connections" in pace ? pace.connections : mostConnections;
const intake = new Pool(target.intakeUrl, { connections, pipelining: 1 });
const destination = new Pool(target.destinationUrl, { connections: 1 });

/** Told apart from messages of another run. */
const run = Date.now().toString(36);
const mostMessages = "messages" in until ? until.messages : Number.POSITIVE_INFINITY;
let made = 0;
let acked = 0;
let arrivedBefore: number | undefined;
let arrived = 0;
let refused = 0;
let measuring = false;
let ended = false;
let ackTimesMs: number[] = [];

function nextMessage(sentAtMs: number): string {
  const number = `${run}-${made++}`;
  const isHeavy = heavyShare > 0 && Math.random() < heavyShare;
  if (isHeavy) return writeMessage({ number, userId: "person-heavy" });
  return writeMessage({ number, userId: `person-${made % people}`, sentAtMs });
}

async function send(): Promise<void> {
  const sentAtMs = nowMs();
  const count = Math.min(perRequest, mostMessages - made);
  const messages = Array.from({ length: count }, () => nextMessage(sentAtMs));
  const body = perRequest === 1 ? (messages[0] as string) : `{"batch":[${messages.join(",")}]}`;
  const response = await intake.request({ method: "POST", path, headers, body });
  await response.body.dump();
  if (response.statusCode !== 200) {
    refused += count;
    return;
  }
  acked += count;
  if (measuring) ackTimesMs.push(nowMs() - sentAtMs);
}

async function sendOnAndOn(): Promise<void> {
  while (!ended && made < mostMessages) {
    if (acked - arrived > mostAhead) await sleep(2);
    else await send();
  }
}

async function sendAtRate(perSecond: number): Promise<void> {
  const startedAtMs = nowMs();
  const underWay = new Set<Promise<void>>();
  while (!ended) {
    const due = ((nowMs() - startedAtMs) / 1_000) * perSecond;
    while (made + perRequest <= due) {
      const request = send().finally(() => underWay.delete(request));
      underWay.add(request);
    }
    await sleep(1);
  }
  await Promise.all(underWay);
}

async function followArrivals(): Promise<void> {
  while (!ended && mostAhead !== Number.POSITIVE_INFINITY) {
    const response = await destination.request({ method: "GET", path: "/total" });
    const total = Number(await response.body.text());
    arrivedBefore ??= total;
    arrived = total - arrivedBefore;
    await sleep(20);
  }
}

async function measure(): Promise<void> {
  if ("messages" in until) return;
  await sleep(until.warmUpMs);
  ackTimesMs = [];
  const before = { acked, refused };
  measuring = true;
  console.log("measuring");
  await sleep(until.measureMs);
  report({ acked: acked - before.acked, refused: refused - before.refused });
  ended = true;
}

function report(counts: { acked: number; refused: number }): void {
  const report: ClientReport = { ...counts, ackMs: percentiles(ackTimesMs) };
  console.log(`measured ${JSON.stringify(report)}`);
}

const following = followArrivals();
if ("perSecond" in pace) await Promise.all([sendAtRate(pace.perSecond), measure()]);
else await Promise.all([...Array.from({ length: connections }, sendOnAndOn), measure()]);
if ("messages" in until) report({ acked, refused });
ended = true;
await following;
await Promise.all([intake.close(), destination.close()]);
