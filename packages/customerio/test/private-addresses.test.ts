import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { isPublicAddress } from "../src/public-lookup.ts";
import { createTrackRequests } from "../src/requests/track-requests.ts";

test("F33: a host whose name leads to this machine gets no request unless that was allowed", async () => {
  let requests = 0;
  const server = createServer((_request, reply) => {
    requests += 1;
    reply.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const keys = { siteId: "site", apiKey: "a-secret-api-key", deadlineMs: 5_000, maxReplyBytes: 1_000 };
  const ask = async (mayBePrivate: boolean) => {
    const track = createTrackRequests({ url, ...keys, mayBePrivate });
    const reply = await track.send({ method: "GET", path: "/" });
    track.close();
    return reply;
  };
  expect(await ask(false)).toEqual({
    why: "no request was made: the host name resolves to a private address",
  });
  expect(requests).toBe(0);
  expect(await ask(true)).toMatchObject({ status: 200 });
  server.close();
});

test.each([
  ["127.0.0.1", 4, false],
  ["10.1.2.3", 4, false],
  ["100.64.0.1", 4, false],
  ["169.254.169.254", 4, false],
  ["172.31.255.255", 4, false],
  ["172.32.0.1", 4, true],
  ["192.168.1.1", 4, false],
  ["35.190.0.1", 4, true],
  ["::1", 6, false],
  ["::", 6, false],
  ["::ffff:10.0.0.1", 6, false],
  ["::ffff:35.190.0.1", 6, true],
  ["fd00::1", 6, false],
  ["fe80::1", 6, false],
  ["64:ff9b::a00:1", 6, false],
  ["2600:1901::1", 6, true],
])("F33: whether %s is on the internet", (address, family, isPublic) => {
  expect(isPublicAddress({ address, family })).toBe(isPublic);
});
