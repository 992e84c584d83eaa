import { Agent } from "node:http";
import axios from "axios";
import { Worker } from "bullmq";

/*
 * The worker of the plain pipeline, written as most people would: a request for each job.
 * Arguments: the URL of Redis, the URL of the destination, the concurrency.
 */
const [, , redisUrl = "", destinationUrl = "", concurrency = ""] = process.argv;

type Message = { userId: string; event: string; timestamp: string; properties: object };

const customerio = axios.create({
  baseURL: destinationUrl,
  httpAgent: new Agent({ keepAlive: true }),
  auth: { username: "site", password: "an-api-key" },
  timeout: 10_000,
});
const worker = new Worker<Message>(
  "track",
  async ({ data: { userId, event, timestamp, properties } }) => {
    await customerio.post(`/api/v1/customers/${encodeURIComponent(userId)}/events`, {
      name: event,
      timestamp: Math.floor(Date.parse(timestamp) / 1_000),
      data: properties,
    });
  },
  { connection: { url: redisUrl }, concurrency: Number(concurrency) },
);
await worker.waitUntilReady();
console.log("ready");
process.on("SIGTERM", () => process.exit(0));
