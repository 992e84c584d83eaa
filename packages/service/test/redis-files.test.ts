import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Certificates, makeCertificates, temporaryFolder } from "@customerio-router/fixtures";
import { expect, onTestFinished, test } from "vitest";
import { type EnvironmentError, readEnvironment, redisVariables } from "../src/index.ts";

async function makeFiles(): Promise<Certificates & { folder: string }> {
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  return { ...makeCertificates(folder.path), folder: folder.path };
}

function problemsOf(environment: Record<string, string>): string[] {
  try {
    readEnvironment({ REDIS_URL: "rediss://host", ...environment }, redisVariables);
    return [];
  } catch (error) {
    return (error as EnvironmentError).message.split("\n");
  }
}

test("F284 files for TLS that cannot be used are refused by name", async () => {
  const { folder, ca, client, server } = await makeFiles();
  const none = join(folder, "none.pem");
  const text = join(folder, "text.pem");
  writeFileSync(text, "hunter2");
  const pair = { REDIS_CERT_FILE: client.certificate, REDIS_KEY_FILE: client.key };
  expect(problemsOf({ REDIS_CA_FILE: ca, ...pair })).toEqual([]);

  expect(problemsOf({ REDIS_CA_FILE: none })).toEqual([
    `REDIS_CA_FILE cannot be read: ENOENT (it is "${none}")`,
  ]);
  expect(problemsOf({ REDIS_CA_FILE: text })).toEqual([
    `REDIS_CA_FILE must be a file with a certificate as PEM (it is "${text}")`,
  ]);
  expect(problemsOf({ ...pair, REDIS_KEY_FILE: text })).toEqual([
    `REDIS_KEY_FILE must be a file with an unencrypted private key as PEM (it is "${text}")`,
  ]);
  expect(problemsOf({ REDIS_CERT_FILE: client.certificate })).toEqual([
    "REDIS_KEY_FILE is missing: it is needed with REDIS_CERT_FILE",
  ]);
  expect(problemsOf({ REDIS_KEY_FILE: client.key })).toEqual([
    "REDIS_CERT_FILE is missing: it is needed with REDIS_KEY_FILE",
  ]);
  expect(problemsOf({ ...pair, REDIS_KEY_FILE: server.key })).toEqual([
    "REDIS_KEY_FILE is not the key of the certificate in REDIS_CERT_FILE",
  ]);
  expect(problemsOf({ REDIS_URL: "redis+sentinel://a/shop", REDIS_CA_FILE: ca })).toEqual([
    "REDIS_CA_FILE needs TLS: begin REDIS_URL with rediss",
  ]);
});
