import { Queue } from "bullmq";
import Fastify from "fastify";

/*
 * The intake of the plain pipeline, written as most people would: each message becomes a job.
 * Arguments: the URL of Redis, the write key.
 */
const [, , redisUrl = "", writeKey = ""] = process.argv;
const queue = new Queue("track", { connection: { url: redisUrl } });
const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString("base64")}`;
const jobOptions = { attempts: 8, backoff: { type: "exponential", delay: 1_000 }, removeOnComplete: 1_000 };

type Message = { userId: string; event: string };
const message = {
  type: "object",
  required: ["userId", "event"],
  properties: { userId: { type: "string" }, event: { type: "string" } },
};

const app = Fastify();
app.addHook("onRequest", async (request, reply) => {
  if (request.headers.authorization !== authorization) await reply.code(401).send();
});
app.post<{ Body: Message }>("/v1/track", { schema: { body: message } }, async ({ body }) => {
  await queue.add("track", body, jobOptions);
  return { success: true };
});
const batch = {
  type: "object",
  required: ["batch"],
  properties: { batch: { type: "array", items: message } },
};
app.post<{ Body: { batch: Message[] } }>("/v1/batch", { schema: { body: batch } }, async ({ body }) => {
  await queue.addBulk(body.batch.map((data) => ({ name: "track", data, opts: jobOptions })));
  return { success: true };
});
console.log(`listening on ${await app.listen({ port: 0, host: "127.0.0.1" })}`);
process.on("SIGTERM", () => process.exit(0));
