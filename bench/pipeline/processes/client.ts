import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, isOk, openConnection } from "../../http/connection.ts";
import type { ClientReport, Load, Target } from "../load.ts";
import { writeMessage } from "../message.ts";
import { nowMs } from "../now.ts";
import { percentiles } from "../percentiles.ts";

/*
 * Sends messages as its first argument says, a Load and a Target as JSON. Writes `measuring` when the warm-up is over,
 * and `measured` with its report as JSON at the end. Lives until it is ended: what it cost is read first.
 */
const { load, target } = JSON.parse(process.argv[2] ?? "") as { load: Load; target: Target };
const { perRequest, people, heavyShare = 0, pace, maxAhead = Number.POSITIVE_INFINITY, until } = load;

/** At a given rate: so many that hardly a request waits for a connection. */
const maxConnections = 512;
/** How often it is asked what has arrived. */
const followMs = 20;
const head = [
  `POST ${perRequest === 1 ? "/v1/track" : "/v1/batch"} HTTP/1.1`,
  `host: ${new URL(target.intakeUrl).host}`,
  `authorization: Basic ${Buffer.from(`${target.writeKey}:`).toString("base64")}`,
  "content-type: application/json",
  "content-length: ",
].join("\r\n");

/** Told apart from messages of another run. */
const run = Date.now().toString(36);
const maxMessages = "messages" in until ? until.messages : Number.POSITIVE_INFINITY;
let made = 0;
let acked = 0;
let arrived = 0;
let refused = 0;
let measuring = false;
let ended = false;
let ackTimesMs: number[] = [];

/** A connection that waits for its answer, or for its turn. */
type Sender = { connection: Connection; sentAtMs: number; messages: number };
const idle: Sender[] = [];

function nextMessage(sentAtMs: number): string {
  const number = `${run}-${made++}`;
  const isHeavy = heavyShare > 0 && Math.random() < heavyShare;
  if (isHeavy) return writeMessage({ number, userId: "person-heavy" });
  return writeMessage({ number, userId: `person-${made % people}`, sentAtMs });
}

function send(sender: Sender, dueAtMs: number): void {
  sender.sentAtMs = dueAtMs;
  sender.messages = Math.min(perRequest, maxMessages - made);
  const messages = Array.from({ length: sender.messages }, () => nextMessage(sender.sentAtMs));
  const body = perRequest === 1 ? (messages[0] as string) : `{"batch":[${messages.join(",")}]}`;
  // All of it is ASCII.
  sender.connection.send(`${head}${body.length}\r\n\r\n${body}`);
}

/** Over all connections that are idle, while nothing speaks against it. */
function sendWhileAllowed(): void {
  while (!ended && made < maxMessages && acked - arrived <= maxAhead) {
    const sender = idle.pop();
    if (!sender) return;
    send(sender, nowMs());
  }
}

function onAnswer(sender: Sender, answer: string): void {
  if (isOk(answer)) {
    acked += sender.messages;
    if (measuring) ackTimesMs.push(nowMs() - sender.sentAtMs);
  } else {
    refused += sender.messages;
  }
  idle.push(sender);
  if ("connections" in pace) sendWhileAllowed();
}

async function openSender(): Promise<Sender> {
  const port = Number(new URL(target.intakeUrl).port);
  const connection = await openConnection({
    port,
    onAnswer: (answer) => onAnswer(sender, answer),
    onEnd(error) {
      throw error;
    },
  });
  const sender: Sender = { connection, sentAtMs: 0, messages: 0 };
  return sender;
}

async function sendAtRate(perSecond: number): Promise<void> {
  const startedAtMs = nowMs();
  while (!ended) {
    const due = ((nowMs() - startedAtMs) / 1_000) * perSecond;
    while (made + perRequest <= due && idle.length > 0) {
      // What comes late, while all connections wait for answers, counts from when it was due.
      send(idle.pop() as Sender, startedAtMs + (made / perSecond) * 1_000);
    }
    await sleep(1);
  }
}

async function followArrivals(): Promise<void> {
  const before = await readTotal();
  while (!ended) {
    arrived = (await readTotal()) - before;
    sendWhileAllowed();
    await sleep(followMs);
  }
}

async function readTotal(): Promise<number> {
  const response = await fetch(`${target.destinationUrl}/total`);
  return Number(await response.text());
}

async function measure(measurement: { warmUpMs: number; measureMs: number }): Promise<void> {
  await sleep(measurement.warmUpMs);
  ackTimesMs = [];
  const before = { acked, refused };
  measuring = true;
  console.log("measuring");
  await sleep(measurement.measureMs);
  report({ acked: acked - before.acked, refused: refused - before.refused });
}

async function untilAllAnswered(): Promise<void> {
  while (acked + refused < maxMessages) await sleep(followMs);
  report({ acked, refused });
}

function report(counts: { acked: number; refused: number }): void {
  const report: ClientReport = { ...counts, ackMs: percentiles(ackTimesMs) };
  console.log(`measured ${JSON.stringify(report)}`);
}

const count = "connections" in pace ? pace.connections : maxConnections;
const senders = await Promise.all(Array.from({ length: count }, openSender));
idle.push(...senders);
const following = maxAhead === Number.POSITIVE_INFINITY ? undefined : followArrivals();
const pacing = "perSecond" in pace ? sendAtRate(pace.perSecond) : sendWhileAllowed();
await ("messages" in until ? untilAllAnswered() : measure(until));
ended = true;
await Promise.all([following, pacing]);
