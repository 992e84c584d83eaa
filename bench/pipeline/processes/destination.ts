import { createServer } from "node:http";
import { readMessages } from "../message.ts";
import { nowMs } from "../now.ts";
import { percentiles } from "../percentiles.ts";

/*
 * A destination that costs next to nothing: it looks for the mark of each message in the bytes of a request, and
 * answers 200 after the delay of its first argument. `POST /reset` begins a measurement, `GET /arrivals` tells of it,
 * `GET /total` of all.
 */
const delayMs = Number(process.argv[2] ?? 0);
const answer = Buffer.from("{}");

let total = 0;
let latenciesMs: number[] = [];
let lastAtMs = 0;

function take(body: Buffer): void {
  const arrivedMs = nowMs();
  const { messages, sentAtMs } = readMessages(body);
  for (const time of sentAtMs) latenciesMs.push(arrivedMs - time);
  total += messages;
  lastAtMs = arrivedMs;
}

let resetAt = { total: 0, ms: nowMs() };

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    if (request.url === "/reset") {
      latenciesMs = [];
      resetAt = { total, ms: nowMs() };
    } else if (request.url === "/total") {
      response.end(String(total));
      return;
    } else if (request.url === "/arrivals") {
      const messages = total - resetAt.total;
      const seconds = (nowMs() - resetAt.ms) / 1_000;
      response.end(
        JSON.stringify({ total, messages, seconds, lastAtMs, latencyMs: percentiles(latenciesMs) }),
      );
      return;
    } else if (request.method === "POST") {
      take(Buffer.concat(parts));
    }
    if (delayMs > 0) setTimeout(() => response.end(answer), delayMs);
    else response.end(answer);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address && typeof address === "object") console.log(`listening on http://127.0.0.1:${address.port}`);
});
process.on("SIGTERM", () => process.exit(0));
