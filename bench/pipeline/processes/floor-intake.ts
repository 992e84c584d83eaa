import Fastify from "fastify";
import { Redis } from "ioredis";

/*
 * The intake of the floor: a body is pushed as it comes. Nothing is read, checked or promised.
 * Argument: the URL of Redis.
 */
const [, , redisUrl = ""] = process.argv;
const redis = new Redis(redisUrl, { enableAutoPipelining: true });

const app = Fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser("application/json", { parseAs: "buffer" }, async (_: unknown, body: Buffer) => body);
for (const path of ["/v1/track", "/v1/batch"]) {
  app.post<{ Body: Buffer }>(path, async ({ body }) => {
    await redis.rpush("bodies", body);
    return { success: true };
  });
}
console.log(`listening on ${await app.listen({ port: 0, host: "127.0.0.1" })}`);
process.on("SIGTERM", () => process.exit(0));
