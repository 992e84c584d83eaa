import { describe, expect, test } from "vitest";
import {
  basePathOf,
  describeEnvironment,
  EnvironmentError,
  type EnvironmentVariable,
  environmentVariables,
  readEnvironment,
} from "../src/index.ts";

const connection = {
  CUSTOMERIO_SITE_ID: "site",
  CUSTOMERIO_API_KEY: "api-key",
  WRITE_KEY: "write-key",
  CONNECTION_NAME: "Shop",
  SECRET_KEY: "0123456789abcdef0123456789abcdef",
};
const connectionNames = Object.keys(connection) as (keyof typeof connection)[];

function problemsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems.map(({ name }) => name);
    throw error;
  }
  return [];
}

describe("reading the environment", () => {
  test("gives the variables asked for, typed, and no others", () => {
    const source = { INTAKE_PORT: "4000", ALLOW_CUSTOM_TRACK_URL: "true", LOG_LEVEL: "debug" };
    const environment = readEnvironment(source, ["INTAKE_PORT", "ALLOW_CUSTOM_TRACK_URL", "HOST"]);
    expect(environment).toEqual({ INTAKE_PORT: 4000, ALLOW_CUSTOM_TRACK_URL: true, HOST: "127.0.0.1" });
  });

  test("takes an empty variable for an unset one", () => {
    expect(readEnvironment({ INTAKE_PORT: "", METRICS_TOKEN: "" }, ["INTAKE_PORT", "METRICS_TOKEN"])).toEqual(
      {
        INTAKE_PORT: 3000,
        METRICS_TOKEN: undefined,
      },
    );
  });

  test("lists every problem at once and says what to do", () => {
    const source = { INTAKE_PORT: "70000", LOG_LEVEL: "loud", CONNECTION_SETTINGS: "[]" };
    const read = () =>
      readEnvironment(source, ["REDIS_URL", "INTAKE_PORT", "LOG_LEVEL", "CONNECTION_SETTINGS"]);
    expect(problemsOf(read)).toEqual(["REDIS_URL", "INTAKE_PORT", "LOG_LEVEL", "CONNECTION_SETTINGS"]);
    expect(read).toThrow('INTAKE_PORT must be a whole number from 0 to 65535 (it is "70000")');
  });

  test("never quotes the value of a secret", () => {
    const source = { REDIS_URL: "http://:hunter2@redis", SECRET_KEY: "hunter2", METRICS_TOKEN: "hunter2" };
    const read = () => readEnvironment(source, ["REDIS_URL", "SECRET_KEY", "METRICS_TOKEN"]);
    expect(read).toThrow(EnvironmentError);
    expect(read).not.toThrow(/hunter2/);
  });

  test("demands what a process cannot do without", () => {
    expect(problemsOf(() => readEnvironment({}, [], { required: ["SECRET_KEY"] }))).toEqual(["SECRET_KEY"]);
    expect(readEnvironment({}, ["SECRET_KEY"])).toEqual({ SECRET_KEY: undefined });
  });

  test.each([
    ["redis://127.0.0.1:6379", true],
    ["rediss://user:word@redis.example:6380/2", true],
    ["redis://10.0.0.1:7000, redis://10.0.0.2:7000,redis://10.0.0.3:7000", true],
    ["10.0.0.1:6379", false],
    ["redis://10.0.0.1:7000,", false],
    ["redis://", false],
  ])("judges REDIS_URL %s", (REDIS_URL, isGood) => {
    expect(problemsOf(() => readEnvironment({ REDIS_URL }, ["REDIS_URL"]))).toEqual(
      isGood ? [] : ["REDIS_URL"],
    );
  });

  test.each([
    ["false", false],
    [
      "loopback, 10.0.0.0/8,2001:db8::/32, 192.0.2.7",
      ["loopback", "10.0.0.0/8", "2001:db8::/32", "192.0.2.7"],
    ],
    ["true", undefined],
    ["2", undefined],
    ["proxy.example", undefined],
    ["10.0.0.0/33", undefined],
    ["10.0.0.0/8/8", undefined],
    ["10.0.0.1,", undefined],
  ])("judges TRUST_PROXY %s", (TRUST_PROXY, proxies) => {
    const read = () => readEnvironment({ TRUST_PROXY }, ["TRUST_PROXY"]);
    if (proxies === undefined) expect(problemsOf(read)).toEqual(["TRUST_PROXY"]);
    else expect(read()).toEqual({ TRUST_PROXY: proxies });
  });

  test("reads a connection's settings as JSON", () => {
    const { CONNECTION_SETTINGS } = readEnvironment({ CONNECTION_SETTINGS: '{"identifyBy":"id"}' }, [
      "CONNECTION_SETTINGS",
    ]);
    expect(CONNECTION_SETTINGS).toEqual({ identifyBy: "id" });
  });
});

describe("variables that belong together", () => {
  test("a connection is described in whole or not at all", () => {
    expect(problemsOf(() => readEnvironment({}, connectionNames))).toEqual([]);
    expect(problemsOf(() => readEnvironment(connection, connectionNames))).toEqual([]);
    for (const name of connectionNames.filter((name) => name !== "SECRET_KEY")) {
      const others = connectionNames.filter((other) => other !== name);
      expect(problemsOf(() => readEnvironment({ [name]: connection[name] }, connectionNames))).toEqual(
        others,
      );
    }
  });

  test("another host than Customer.io's has to be allowed", () => {
    const names = ["CUSTOMERIO_TRACK_URL", "ALLOW_CUSTOM_TRACK_URL"] as const;
    const CUSTOMERIO_TRACK_URL = "http://127.0.0.1:3002";
    expect(problemsOf(() => readEnvironment({ CUSTOMERIO_TRACK_URL }, names))).toEqual([
      "CUSTOMERIO_TRACK_URL",
    ]);
    const allowed = { CUSTOMERIO_TRACK_URL, ALLOW_CUSTOM_TRACK_URL: "true" };
    expect(problemsOf(() => readEnvironment(allowed, names))).toEqual([]);
  });

  test("F37 a dashboard beyond loopback has a password", () => {
    const names = ["HOST", "DASHBOARD_PASSWORD"] as const;
    expect(problemsOf(() => readEnvironment({ HOST: "0.0.0.0" }, names))).toEqual(["DASHBOARD_PASSWORD"]);
    expect(problemsOf(() => readEnvironment({ HOST: "0.0.0.0", DASHBOARD_PASSWORD: "word" }, names))).toEqual(
      [],
    );
    expect(problemsOf(() => readEnvironment({}, names))).toEqual([]);
    expect(problemsOf(() => readEnvironment({ HOST: "0.0.0.0" }, ["HOST"]))).toEqual([]);
  });
});

test("a password for readers goes with another one for operators", () => {
  const names = ["DASHBOARD_PASSWORD", "DASHBOARD_READ_ONLY_PASSWORD"] as const;
  const problems = (DASHBOARD_PASSWORD: string, DASHBOARD_READ_ONLY_PASSWORD: string) =>
    problemsOf(() => readEnvironment({ DASHBOARD_PASSWORD, DASHBOARD_READ_ONLY_PASSWORD }, names));
  expect(problems("", "look")).toEqual(["DASHBOARD_READ_ONLY_PASSWORD"]);
  expect(problems("same", "same")).toEqual(["DASHBOARD_READ_ONLY_PASSWORD"]);
  expect(problems("word", "look")).toEqual([]);
});

describe("the list of variables", () => {
  test("has defaults that its own rules accept", () => {
    for (const [name, variable] of Object.entries<EnvironmentVariable>(environmentVariables)) {
      if (variable.default === undefined) continue;
      expect(variable.schema.safeParse(variable.default).success, name).toBe(true);
    }
  });

  test("is described for logs with secrets as booleans", () => {
    const described = describeEnvironment(readEnvironment(connection, [...connectionNames, "METRICS_TOKEN"]));
    expect(described).toEqual({
      CUSTOMERIO_SITE_ID: "site",
      CUSTOMERIO_API_KEY: true,
      WRITE_KEY: true,
      CONNECTION_NAME: "Shop",
      SECRET_KEY: true,
      METRICS_TOKEN: false,
    });
  });
});

test.each([
  "https://host/#",
  "https://host#a",
  "https://host/?",
  "https://host?a=1",
  "https://user@host",
  "https://@host",
])("F154 %s is refused as a URL of the environment", (url) => {
  const names = ["CUSTOMERIO_TRACK_URL", "INTAKE_URL"] as const;
  const source = { CUSTOMERIO_TRACK_URL: url, INTAKE_URL: url };
  expect(problemsOf(() => readEnvironment(source, names))).toEqual([...names]);
  expect(() => readEnvironment(source, names)).toThrow(/must not contain .*`\?` or `#`/);
});

test("DASHBOARD_URL has a plain path or none, so that cookies, pages and routes hold it unescaped", () => {
  const read = (url: string) => problemsOf(() => readEnvironment({ DASHBOARD_URL: url }, ["DASHBOARD_URL"]));
  for (const path of ["", "/", "/customerio", "/tools/customerio-2_b.c~d/"])
    expect(read(`https://tools.example.com${path}`)).toEqual([]);
  for (const path of ["/a b", "/a;b", "/a&b", "/a'b", "/%61", "//a", "/a//b", "/ü"])
    expect(read(`https://tools.example.com${path}`)).toEqual(["DASHBOARD_URL"]);
  expect([
    basePathOf(undefined),
    basePathOf("https://a.example/"),
    basePathOf("https://a.example/b/c/"),
  ]).toEqual(["", "", "/b/c"]);
});

const names = Object.keys(environmentVariables) as (keyof typeof environmentVariables)[];
const oddValues = ["x", " ", "-1", "1e9", "http://", "https://[::1", "{", "[]", "file:", "s3://", "%", "\n"];

test.each(names)(
  "F319 whatever %s is set to, alone or beside others, it is taken or refused by name",
  (name) => {
    const others = Object.fromEntries(names.map((each) => [each, "x"]));
    for (const value of oddValues) {
      for (const source of [{ [name]: value }, { ...others, [name]: value }]) {
        const problems = problemsOf(() => readEnvironment(source, names));
        expect(names).toEqual(expect.arrayContaining(problems));
      }
    }
  },
);
