import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { freePort, startFaultProxy, startProcess, temporaryFolder } from "@customerio-router/fixtures";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Archive, openArchive } from "../src/index.ts";
import { connectionId, linesOf, owner } from "./lines.ts";
import { openTestArchive, readIds, readLines } from "./open-test-archive.ts";

beforeEach(() => {
  useKeys("ACCESS", "secret");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function useKeys(id: string, secret: string): void {
  vi.stubEnv("AWS_ACCESS_KEY_ID", id);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", secret);
}

async function startS3() {
  const folder = await temporaryFolder();
  const port = await freePort();
  const start = () =>
    startProcess({
      entry: "packages/archive/test/processes/s3-server.ts",
      args: [String(port), folder.path],
      ready: /listening/,
    });
  let server = await start();
  return {
    port,
    kill: () => server.kill("SIGKILL"),
    async restart() {
      await server[Symbol.asyncDispose]();
      server = await start();
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function openS3(port: number, url = "s3://archive/some/prefix"): Promise<Archive> {
  const s3 = { endpoint: `http://127.0.0.1:${port}`, region: "eu-central-1", forcePathStyle: true };
  return (await openArchive({ url, s3, onWarning: () => {} })) as Archive;
}

test.each(["s3://archive", "s3://archive/some/prefix/"])("%s does what a folder does", async (url) => {
  await using server = await startS3();
  await using archive = await openS3(server.port, url);
  expect(await archive.list()).toEqual([]);
  expect(await archive.ensureMark("mark")).toBe("mark");
  expect(await archive.ensureMark("other")).toBe("mark");
  const cuts = [1, 101, 201].map((first) => ({ first, last: first + 99 }));
  for (const cut of cuts) await archive.writeCut(connectionId, cut, linesOf(cut), owner);
  const again = await archive.writeCut(
    connectionId,
    { first: 1, last: 100 },
    linesOf({ first: 1, last: 100 }),
    owner,
  );
  expect(again.outcome).toBe("written");
  await using folder = await openTestArchive();
  for (const cut of cuts) await folder.archive.writeCut(connectionId, cut, linesOf(cut), owner);
  for (const each of [archive, folder.archive]) {
    await each.merge(connectionId, owner);
    await each.rewrite(connectionId, ["id:user-3"], () => false, owner);
    await each.sweep(connectionId, owner);
  }
  expect(await readLines(archive)).toEqual(await readLines(folder.archive));
  expect(await archive.list()).toEqual(await folder.archive.list());
  const [{ lines }] = await Promise.all([archive.findMessage(connectionId, "message-150")]);
  expect(lines).toHaveLength(1);
  await archive.keepWithin({ days: 1 }, owner);
  expect(await readIds(archive)).toEqual([]);
  await archive.removeConnection(connectionId, owner);
  expect(await archive.list()).toEqual([]);
});

test("after the server was killed in the middle of an upload, what is read is what was written, byte for byte", async () => {
  await using server = await startS3();
  await using proxy = await startFaultProxy({ targetPort: server.port });
  await using archive = await openS3(proxy.port);
  const cut = { first: 1, last: 20_000 };
  const done = await archive.writeCut(
    connectionId,
    { first: 20_001, last: 20_010 },
    linesOf({ first: 20_001, last: 20_010 }),
    owner,
  );
  expect(done.outcome).toBe("written");

  // A millisecond or more for each piece: the upload takes a second.
  proxy.narrow(2_000);
  let killing: Promise<unknown> | undefined;
  const mayWrite = () => {
    killing ??= delay(100).then(() => server.kill());
    return true;
  };
  await expect(archive.writeCut(connectionId, cut, linesOf(cut), { mayWrite })).rejects.toMatchObject({
    name: "ArchiveError",
    problem: "unreachable",
  });
  await killing;
  await server.restart();
  await proxy.heal();
  expect(await readIds(archive)).toHaveLength(10);

  await archive.writeCut(connectionId, cut, linesOf(cut), owner);
  const expected = [...linesOf(cut).flat(), ...linesOf({ first: 20_001, last: 20_010 }).flat()];
  const read = (await readLines(archive)).map((line) => JSON.stringify(line));
  expect(read).toEqual(expected.map(({ text }) => text));
});

test("wrong keys, a missing bucket and a server that is away each give one clear line without the secret", async () => {
  await using server = await startS3();
  await using refusing = await startRefusing();
  useKeys("ACCESS", "a-secret");
  expect(await problemOf(await openS3(refusing.port))).toEqual([
    "credentials",
    "The archive s3://archive/some/prefix/ refused the credentials (SignatureDoesNotMatch): check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the role of this machine",
  ]);
  const missing = await problemOf(await openS3(server.port, "s3://another-bucket"));
  expect(missing).toEqual(["no-bucket", expect.stringContaining("create it, or correct ARCHIVE_URL")]);
  const away = await problemOf(await openS3(await freePort()));
  expect(away).toEqual(["unreachable", expect.stringContaining("(ECONNREFUSED)")]);
});

/** Writing and listing fail alike; gives the problem and its sentence. */
async function problemOf(archive: Archive) {
  await using opened = archive;
  const cut = { first: 1, last: 1 };
  const error = await opened.writeCut(connectionId, cut, linesOf(cut), owner).catch((reason) => reason);
  const listing = await opened.list().catch((reason) => reason);
  expect(error.name).toBe("ArchiveError");
  expect(listing.problem).toBe(error.problem);
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain("a-secret");
  expect(error.message).not.toContain("\n");
  return [error.problem, error.message];
}

/** Replies as AWS does to a wrong secret: servers for tests check no signatures. */
async function startRefusing() {
  const server = createServer((request, response) => {
    request.resume();
    const xml =
      "<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match.</Message><AWSAccessKeyId>ACCESS</AWSAccessKeyId></Error>";
    response.writeHead(403, { "content-type": "application/xml", connection: "close" }).end(xml);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: async () => void server.close() };
}
