import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@customerio-router/fixtures";
import { expect, onTestFinished, test } from "vitest";
import {
  type EnvironmentError,
  type EnvironmentVariable,
  type EnvironmentVariableName,
  environmentVariables,
  readEnvironment,
  secretFileVariables,
} from "../src/index.ts";

const key = "0123456789abcdef0123456789abcdef";

async function makeFolder(files: Record<string, string>): Promise<(name: string) => string> {
  const folder = await temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text);
  return (name) => join(folder.path, name);
}

function problemsOf(source: Record<string, string>, names: readonly EnvironmentVariableName[]): string[] {
  try {
    readEnvironment(source, names);
    return [];
  } catch (error) {
    return (error as EnvironmentError).message.split("\n");
  }
}

test("each secret can be read from a file, without the line breaks at its end", async () => {
  const file = await makeFolder({ url: "redis://:word@host\n", key: `${key}\r\n\n`, password: " a b " });
  const names = ["REDIS_URL", "SECRET_KEY", "DASHBOARD_PASSWORD"] as const;
  const source = {
    REDIS_URL_FILE: file("url"),
    SECRET_KEY_FILE: file("key"),
    DASHBOARD_PASSWORD_FILE: file("password"),
  };
  expect(readEnvironment(source, names)).toEqual({
    REDIS_URL: "redis://:word@host",
    SECRET_KEY: key,
    DASHBOARD_PASSWORD: " a b ",
  });
  const secrets = Object.entries<EnvironmentVariable>(environmentVariables).filter(
    ([, { secret }]) => secret,
  );
  expect(secretFileVariables).toEqual(secrets.map(([name]) => `${name}_FILE`));
});

test("what is no secret is read from no file, and the file of a secret that nobody asked for is not opened", async () => {
  const file = await makeFolder({ port: "4000" });
  const source = { INTAKE_PORT_FILE: file("port"), METRICS_TOKEN_FILE: file("none") };
  expect(readEnvironment(source, ["INTAKE_PORT"])).toEqual({ INTAKE_PORT: 3000 });
});

test("F300 the file of a secret that cannot be used is refused by name, and its text never shown", async () => {
  const file = await makeFolder({ short: "hunter2\n", empty: "\n", key });
  const ofKey = (SECRET_KEY_FILE: string, more = {}) =>
    problemsOf({ SECRET_KEY_FILE, ...more }, ["SECRET_KEY"]);
  expect(ofKey(file("none"))).toEqual([`SECRET_KEY_FILE cannot be read: ENOENT (it is "${file("none")}")`]);
  expect(ofKey(file("empty"))).toEqual([`SECRET_KEY_FILE names an empty file (it is "${file("empty")}")`]);
  expect(ofKey(file("key"), { SECRET_KEY: key })).toEqual([
    "SECRET_KEY_FILE and SECRET_KEY are both set: set one of them",
  ]);
  expect(ofKey(file("key"), { SECRET_KEY: "" })).toEqual([]);
  expect(ofKey(file("short"))).toEqual([
    "SECRET_KEY_FILE names a file whose text must have at least 32 characters; `openssl rand -base64 32` makes one",
  ]);
});

test("F300 the file of a secret that cannot be read is one problem: no rule calls the secret missing", async () => {
  const file = await makeFolder({});
  const REDIS_URL_FILE = file("none");
  expect(problemsOf({ REDIS_URL_FILE }, ["REDIS_URL"])).toHaveLength(1);
  const connection = {
    CUSTOMERIO_SITE_ID: "site",
    CUSTOMERIO_API_KEY: "api-key",
    WRITE_KEY_FILE: file("none"),
    CONNECTION_NAME: "Shop",
    SECRET_KEY_FILE: file("none"),
  };
  const names = [
    "CUSTOMERIO_SITE_ID",
    "CUSTOMERIO_API_KEY",
    "WRITE_KEY",
    "CONNECTION_NAME",
    "SECRET_KEY",
  ] as const;
  expect(problemsOf(connection, names).map((line) => line.split(" ")[0])).toEqual([
    "WRITE_KEY_FILE",
    "SECRET_KEY_FILE",
  ]);
});
