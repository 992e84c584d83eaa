import { expect, test } from "vitest";
import { EnvironmentError, readEnvironment } from "../src/index.ts";

function read(url: string): unknown {
  try {
    return readEnvironment({ REDIS_URL: url }, ["REDIS_URL"]);
  } catch (error) {
    return error;
  }
}

test.each([
  ["redis://:hunter2@host/abc", "a database number from 0"],
  ["redis://:hunter2@host/-1", "a database number from 0"],
  ["redis://:hunter2@host/0/more", "a database number from 0"],
  ["redis://:hunter2@host?keyPrefix=mine", "must not contain keyPrefix"],
  ["redis://:hunter2@host?db=2", "must not contain options after a question mark"],
  ["redis://:hunter2@host#2", "%23"],
  ["redis://:hunter2%@host", "%25"],
  ["redis://:hunter2/3@host", "%2F"],
  ["http://:hunter2@host", "must be redis://host:port"],
  ["redis://:hunter2@a,redis://b/1", "a cluster has only database 0"],
])("F84 a REDIS_URL that would be misread is refused by name, without its password: %s", (url, problem) => {
  const error = read(url) as EnvironmentError;
  expect(error).toBeInstanceOf(EnvironmentError);
  expect(error.message).toMatch(/^REDIS_URL must /);
  expect(error.message).toContain(problem);
  expect(error.message).not.toContain("hunter2");
});

test.each([
  "redis://host",
  "redis://host/",
  "rediss://user:p%40ss@host:6380/15",
  "redis://a:1,redis://b:2/0",
  "redis://[::1]:6379?family=6",
])("a REDIS_URL that says what it means is taken: %s", (url) => {
  expect(read(url)).toEqual({ REDIS_URL: url });
});

test.each([
  ["shop{1}", "must not contain a brace"],
  ["a:b", "must be 1 to 64 letters"],
  ["*", "must be 1 to 64 letters"],
])("F285 a prefix that cannot be one is refused by name: %s", (prefix, problem) => {
  expect(() => readEnvironment({ REDIS_PREFIX: prefix }, ["REDIS_PREFIX"])).toThrow(
    `REDIS_PREFIX ${problem}`,
  );
});
