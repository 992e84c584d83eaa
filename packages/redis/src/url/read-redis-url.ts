import { readClusterUrl } from "./read-cluster-url.ts";
import { readSentinelUrl } from "./read-sentinel-url.ts";
import { readServerUrl } from "./read-server-url.ts";
import { readSocketUrl } from "./read-socket-url.ts";
import type { ReadRedisUrl, RedisTarget } from "./redis-target.ts";

/** Reads every form of REDIS_URL. */
export function readRedisUrl(text: string): ReadRedisUrl {
  if (/^rediss?\+sentinel:/.test(text)) return readSentinelUrl(text);
  if (/^rediss?\+cluster:/.test(text)) return readClusterUrl(text);
  if (/^unix:/.test(text)) return readSocketUrl(text);
  return readServerUrl(text);
}

/** @throws when the URL has none of the forms, which a start refuses */
export function targetOf(url: string): RedisTarget {
  const read = readRedisUrl(url);
  if (!read.ok) throw new Error(`REDIS_URL ${read.problem}`);
  return read.target;
}
