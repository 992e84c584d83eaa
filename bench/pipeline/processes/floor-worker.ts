import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import axios from "axios";
import { Redis } from "ioredis";

/*
 * The worker of the floor: bodies are popped and posted as they are, out of order and at most once.
 * Arguments: the URL of Redis, the URL of the destination, how many bodies one request carries at most.
 */
const [, , redisUrl = "", destinationUrl = "", bodiesPerRequest = ""] = process.argv;
/** As many requests in flight as ours has by default, and as long a wait when there is nothing to send. */
const inFlight = 8;
const lingerMs = 10;

const redis = new Redis(redisUrl);
const customerio = axios.create({
  baseURL: destinationUrl,
  httpAgent: new Agent({ keepAlive: true }),
  auth: { username: "site", password: "an-api-key" },
  headers: { "content-type": "application/json" },
  // Otherwise a library that follows redirects stands between axios and Node.
  maxRedirects: 0,
  timeout: 10_000,
});

async function deliverOnAndOn(): Promise<never> {
  for (;;) {
    const bodies = await redis.lpopBuffer("bodies", Number(bodiesPerRequest));
    if (bodies) await customerio.post("/api/v2/batch", Buffer.concat(bodies));
    else await sleep(lingerMs);
  }
}

for (let loop = 0; loop < inFlight; loop++) void deliverOnAndOn();
console.log("ready");
process.on("SIGTERM", () => process.exit(0));
