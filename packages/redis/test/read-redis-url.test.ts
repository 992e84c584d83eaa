import { expect, test } from "vitest";
import { readRedisUrl } from "../src/index.ts";

test.each([
  ["redis://h", { kind: "server", address: { host: "h", port: 6379 }, isTls: false, db: 0 }],
  [
    "rediss://u:p%40@[::1]:1/2?family=6",
    {
      kind: "server",
      address: { host: "::1", port: 1, family: 6 },
      isTls: true,
      db: 2,
      username: "u",
      password: "p@",
    },
  ],
  ["unix:///run/redis.sock", { kind: "socket", path: "/run/redis.sock", db: 0 }],
  [
    "unix://u:p%40@/run/redis.sock?db=3",
    { kind: "socket", path: "/run/redis.sock", db: 3, username: "u", password: "p@" },
  ],
  [
    "redis://:p@a:1, redis://b",
    {
      kind: "cluster",
      nodes: [
        { host: "a", port: 1 },
        { host: "b", port: 6379 },
      ],
      isTls: false,
      password: "p",
    },
  ],
  [
    "rediss+cluster://u:p@config.example.com:7000",
    {
      kind: "cluster",
      nodes: [{ host: "config.example.com", port: 7000 }],
      isTls: true,
      username: "u",
      password: "p",
    },
  ],
  [
    "redis+sentinel://u:p%2F@h1:26379,h2,[::1]:3/master-name?sentinelUsername=s&sentinelPassword=q%26+&db=1",
    {
      kind: "sentinel",
      sentinels: [
        { host: "h1", port: 26379 },
        { host: "h2", port: 26379 },
        { host: "::1", port: 3 },
      ],
      name: "master-name",
      isTls: false,
      db: 1,
      username: "u",
      password: "p/",
      sentinelUsername: "s",
      sentinelPassword: "q&+",
    },
  ],
])("a REDIS_URL is read: %s", (url, target) => {
  expect(readRedisUrl(url)).toEqual({ ok: true, target });
});

test.each([
  ["unix://host/run/redis.sock", "must be unix:///path"],
  ["unix:///run/redis.sock?database=1", "must be unix:///path"],
  ["unix:///", "must be unix:///path"],
  ["redis://:hunter2@a,rediss://:hunter2@b", "must not mix"],
  ["redis+cluster://:hunter2@a,b", "must name one configuration endpoint"],
  ["redis+cluster://:hunter2@a/1", "a cluster has only database 0"],
  ["redis+cluster://:hunter2@a?x=1", "must not contain options"],
  ["redis+cluster://:hunter2@x@a", "%40"],
  ["redis+sentinel://:hunter2@a,b", "must end in a slash and the name"],
  ["redis+sentinel://:hunter2@a,b/name/1", "written as ?db=1"],
  ["redis+sentinel://:hunter2@a,,b/name", "must be redis+sentinel://"],
  ["redis+sentinel://:hunter2%@a/name", "%25"],
  ["redis+sentinel://a/name?sentinelPasswort=hunter2", "except db, sentinelUsername, sentinelPassword"],
  ["redis+sentinel://a/name?sentinelUsername=hunter2", "must have sentinelPassword"],
  ["redis+sentinel://a/name?db=hunter2", "such as ?db=1"],
  ["http://:hunter2@a", "redis+sentinel://"],
])("F84 a REDIS_URL of no form is refused without its secrets: %s", (url, problem) => {
  const read = readRedisUrl(url);
  expect(read).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  expect(read).toEqual({ ok: false, problem: expect.not.stringContaining("hunter2") });
});
