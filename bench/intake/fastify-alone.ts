import type { IncomingMessage } from "node:http";
import { createGunzip } from "node:zlib";
import Fastify from "fastify";

/** Fastify with nothing but what any server of these requests does: reads the JSON, unpacked, and answers. */
const app = Fastify({ bodyLimit: 4 * 1024 * 1024 });
app.addHook("preParsing", async (request, _reply, payload) => {
  if (request.headers["content-encoding"] !== "gzip") return payload;
  // Fastify compares this with the content length.
  const unpacked = Object.assign(createGunzip(), { receivedEncodedLength: 0 });
  payload.on("data", (chunk: Buffer) => {
    unpacked.receivedEncodedLength += chunk.length;
  });
  return (payload as IncomingMessage).pipe(unpacked);
});
for (const url of ["/v1/track", "/v1/batch"]) app.post(url, async () => ({ success: true }));
console.log(`listening on ${await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" })}`);
