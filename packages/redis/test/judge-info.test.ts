import { startRedis } from "@customerio-router/fixtures";
import { Redis as Client } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { judgeInfo } from "../src/info/judge-info.ts";

const single = { isClusterClient: false };

/** INFO of a real server, as a server of another version says it. */
async function infoOf(version: string): Promise<string> {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const client = new Client(server.url);
  onTestFinished(() => client.disconnect());
  const info = await client.info();
  expect(info).toMatch(/^redis_version:\d+\.\d+\.\d+\r$/m);
  return info.replace(/^redis_version:.*\r$/m, `redis_version:${version}\r`);
}

test.each(["2.8.24", "5.0.14", "6.0.16"])("F93 Redis %s is too old, and that is said", async (version) => {
  expect(judgeInfo(await infoOf(version), single)).toEqual({
    sentence: `Redis is version ${version}: install 6.2 or newer, or Valkey.`,
    isLasting: true,
  });
});

test.each(["6.2.0", "7.0.15", "7.4.1", "8.0.0", "10.0.0"])("F93 Redis %s is new enough", async (version) => {
  expect(judgeInfo(await infoOf(version), single)).toBeUndefined();
});

test("F93 a server that does not say its version is taken", () => {
  expect(judgeInfo("role:master\r\n", single)).toBeUndefined();
});
