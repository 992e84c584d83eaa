import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from "node:tls";
import { gzipSync } from "node:zlib";
import { certificateKey, certificates } from "@customerio-router/fixtures";
import { expect, test } from "vitest";
import { createCustomerioClient } from "../src/index.ts";
import { apiKey, reply, siteId, startTrackServer } from "./track-server.ts";

const operation = JSON.stringify({ type: "person", action: "delete", identifiers: { id: "1" } });

test("F14 a reply that trickles is cut at the deadline", async () => {
  const deadlineMs = 500;
  await using server = await startTrackServer(
    (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const trickle = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(trickle));
    },
    { deadlineMs },
  );
  expect(await server.client.sendBatch([operation])).toMatchObject({
    kind: "unavailable",
    why: "no complete reply within 500 ms",
  });
});

test("a server that never answers is cut at the deadline", async () => {
  await using server = await startTrackServer(() => {}, { deadlineMs: 200 });
  expect(await server.client.sendBatch([operation])).toMatchObject({ kind: "unavailable" });
});

test.each([
  ["as it is", Buffer.alloc(20_000_000, " "), {}],
  ["out of gzip", gzipSync(Buffer.alloc(200_000_000, " ")), { "content-encoding": "gzip" }],
])("F17 a reply that is too long %s is not read on", async (_case, body, headers) => {
  await using server = await startTrackServer(reply(200, body, headers));
  const before = process.memoryUsage().arrayBuffers;
  const answer = await server.client.sendBatch([operation]);
  expect(answer).toMatchObject({
    kind: "unavailable",
    why: "a reply that was cut off, or is larger than 2000000 bytes",
  });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
});

test("a reply in gzip is read", async () => {
  const body = gzipSync('{"errors":[{"batch_index":0,"reason":"invalid"}]}');
  await using server = await startTrackServer(reply(207, body, { "content-encoding": "gzip" }));
  const rejected = new Map([[0, { reason: "invalid", message: "" }]]);
  expect(await server.client.sendBatch([operation])).toMatchObject({ kind: "accepted", rejected });
});

test("F13 a connection reset in the middle of the body is unavailable, and the next one works", async () => {
  let resets = 1;
  await using server = await startTrackServer((response) => {
    if (resets-- <= 0) return reply(200, {})(response);
    response.writeHead(200, { "content-length": "100" }).write("{");
    setTimeout(() => response.socket?.resetAndDestroy(), 20);
  });
  expect(await server.client.sendBatch([operation])).toMatchObject({ kind: "unavailable" });
  expect(await server.client.sendBatch([operation])).toMatchObject({ kind: "accepted" });
});

test("F13 a refused connection and an unknown host are unavailable and say so", async () => {
  const answers = ["http://127.0.0.1:1", "http://no-such-host.invalid"].map(async (trackUrl) => {
    const client = createCustomerioClient({ siteId, apiKey, trackUrl });
    const answer = await client.sendBatch([operation]);
    client.close();
    return answer;
  });
  const [refused, unknown] = await Promise.all(answers);
  expect(refused).toMatchObject({ kind: "unavailable", why: "no reply (ECONNREFUSED)" });
  expect(unknown).toMatchObject({ kind: "unavailable", why: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) });
});

test.each([
  ["is signed by nobody known", certificates.valid, false, "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ["is for another host", certificates.otherHost, true, "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["has expired", certificates.expired, true, "CERT_HAS_EXPIRED"],
])(
  "F18 a certificate that %s is refused, whatever the environment says",
  async (_case, cert, isTrusted, code) => {
    const authorities = getCACertificates();
    if (isTrusted) setDefaultCACertificates([...authorities, cert]);
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    const server = createTlsServer({ cert, key: certificateKey }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const client = createCustomerioClient({ siteId, apiKey, trackUrl: `https://127.0.0.1:${port}` });
    try {
      const answer = await client.sendBatch([operation]);
      expect(answer).toMatchObject({ kind: "unavailable", why: `no reply (${code})` });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      setDefaultCACertificates(authorities);
      client.close();
      server.close();
      await once(server, "close");
    }
  },
);

test("what is under way when the client closes comes back as unavailable", async () => {
  await using server = await startTrackServer(() => server.client.close());
  expect(await server.client.sendBatch([operation])).toMatchObject({ kind: "unavailable" });
});

test("F34 nothing that comes back holds keys, headers or what was sent", async () => {
  const secrets = [apiKey, Buffer.from(`${siteId}:${apiKey}`).toString("base64"), "personal@example.com"];
  const body = JSON.stringify({ type: "person", identifiers: { email: "personal@example.com" } });
  const closing = createServer((socket) => socket.resume().end("no HTTP\r\n\r\n")).listen(0, "127.0.0.1");
  await once(closing, "listening");
  const broken = createCustomerioClient({
    siteId,
    apiKey,
    trackUrl: `http://127.0.0.1:${(closing.address() as AddressInfo).port}`,
  });
  await using echoing = await startTrackServer((response, { headers }) =>
    reply(400, { meta: { errors: [`you sent ${JSON.stringify(headers)} with ${apiKey}`] } })(response),
  );
  const answers = [
    await broken.sendBatch([body]),
    await broken.findRegion(),
    await echoing.client.sendBatch([body]),
  ];
  broken.close();
  closing.close();
  expect(answers.map(({ kind }) => kind)).toEqual(["unavailable", "unavailable", "rejected"]);
  for (const secret of secrets) expect(JSON.stringify(answers)).not.toContain(secret);
});
