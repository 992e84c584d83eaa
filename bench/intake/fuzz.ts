import { once } from "node:events";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { processUsage } from "@customerio-router/fixtures";
import { createRandom, type Random } from "./random.ts";
import { startIntake, writeKey } from "./servers.ts";

const atOnce = 32;
/** Longer than the intake takes for any answer. */
const timeoutMs = 2_000;

/** Sends what no SDK would, and what SDKs would with parts of it broken. @throws when the intake ends or answers 5xx */
export async function fuzz(options: {
  requests: number;
  onProgress: (done: number) => void;
  seed?: number;
}): Promise<object> {
  const { requests, onProgress, seed = 1 } = options;
  const random = createRandom(seed);
  await using intake = await startIntake();
  const statuses: { [status: string]: number } = {};
  const memory: number[] = [];
  let made = 0;
  async function sendOneAfterTheOther(): Promise<void> {
    while (made < requests) {
      made += 1;
      if (made % 2_000 === 0) {
        onProgress(made);
        memory.push((await processUsage(intake.process.pid)).memoryBytes);
      }
      const status = await send(intake.port, makeRequest(random));
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (!intake.process.running) throw new Error(`the intake ended: ${intake.process.output}`);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, sendOneAfterTheOther));
  const wrong = Object.keys(statuses).filter((status) => status.startsWith("5"));
  if (wrong.length > 0) throw new Error(`answered ${JSON.stringify(statuses)}: ${intake.process.output}`);
  return { ...statuses, "MB, every 2,000": memory.map((bytes) => Math.round(bytes / 1e6)).join(" ") };
}

/** The status of the answer; `waits` when the intake waits for more of the request, or has cut it off. */
async function send(port: number, bytes: Buffer): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.setEncoding("latin1").on("data", (chunk) => {
    received += chunk;
  });
  socket.on("error", () => {});
  socket.on("end", () => socket.destroy());
  socket.setTimeout(timeoutMs, () => socket.destroy());
  socket.write(bytes);
  await once(socket, "close");
  return /^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? "waits";
}

const paths = [
  "/v1/track",
  "/v1/identify",
  "/v1/batch",
  "/v1/b",
  "/v1/import",
  "/v1/t",
  "/beacon/v1/batch",
  "/v1/m",
];
const strangePaths = [
  "/",
  "/v1/%zz",
  "/v1/track/../../x",
  "//v1//track//",
  `/${"x".repeat(9_000)}`,
  "*",
  "/v1/projects/%00/settings",
];
const names = [
  "authorization",
  "content-type",
  "content-encoding",
  "sentat",
  "x-forwarded-for",
  "origin",
  "cookie",
  "expect",
  "transfer-encoding",
];

function makeRequest(random: Random): Buffer {
  if (random.chance(0.02)) return random.bytes(300);
  const payload = makeBody(random);
  const isPacked = random.chance(0.2);
  const body = isPacked ? gzipSync(payload) : payload;
  const broken = random.chance(0.1) ? body.subarray(0, random.below(body.length + 1)) : body;
  const path = random.chance(0.1) ? random.of(strangePaths) : random.of(paths);
  const lines = [
    `${random.chance(0.05) ? random.of(["GET", "PUT", "OPTIONS", "BREW"]) : "POST"} ${path} HTTP/1.1`,
    "host: 127.0.0.1",
    "connection: close",
    ...(random.chance(0.9) ? [`authorization: Basic ${Buffer.from(`${writeKey}:`).toString("base64")}`] : []),
    ...(isPacked ? ["content-encoding: gzip"] : []),
    ...(random.chance(0.3) ? [`${random.of(names)}: ${random.text(40).replaceAll(/[\r\n\0]/g, " ")}`] : []),
    `content-length: ${random.chance(0.03) ? random.below(1_000) : broken.length}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), broken]);
}

function makeBody(random: Random): Buffer {
  if (random.chance(0.1)) return random.bytes(2_000);
  if (random.chance(0.05)) return Buffer.from("[".repeat(random.below(20_000)));
  const text = JSON.stringify(
    random.chance(0.5) ? { batch: random.list(20, () => makeCall(random)) } : makeCall(random),
  );
  if (!random.chance(0.2)) return Buffer.from(text);
  const at = random.below(text.length);
  return Buffer.from(text.slice(0, at) + random.text(5) + text.slice(at + random.below(5)));
}

const fields = [
  "userId",
  "anonymousId",
  "messageId",
  "event",
  "name",
  "traits",
  "properties",
  "context",
  "timestamp",
  "sentAt",
  "integrations",
  "groupId",
  "previousId",
  "__proto__",
  "writeKey",
  "batch",
];

function makeCall(random: Random): unknown {
  if (random.chance(0.1)) return random.json(3);
  const call: [string, unknown][] = [
    ["type", random.of(["track", "identify", "page", "screen", "group", "alias", "wave"])],
  ];
  for (const field of random.list(8, () => random.of(fields))) call.push([field, random.json(4)]);
  return Object.fromEntries(call);
}
