import { type ReadRedisUrl, type RedisAddress, refuse } from "./redis-target.ts";
import { decode, plainHost } from "./url-parts.ts";

const form =
  "must be redis://host:port or rediss://host:port, a comma-separated list of these for a cluster, redis+cluster://host:port, redis+sentinel://host:port,host:port/master-name, or unix:///path/to/redis.sock; in a password write @ : / ? # % as %40 %3A %2F %3F %23 %25";

/** One server, or a comma-separated list of a cluster's nodes, each a URL. */
export function readServerUrl(text: string): ReadRedisUrl {
  const urls = text.split(",").map((part) => URL.parse(part.trim()));
  const problem = urls.map((url) => (url === null ? form : findProblem(url))).find(Boolean);
  const [first] = urls;
  if (problem || !first) return refuse(problem ?? form);
  const [address, ...others] = urls.flatMap((url) => (url ? [addressOf(url)] : [])) as [RedisAddress];
  const isTls = first.protocol === "rediss:";
  const db = Number(first.pathname.slice(1));
  if (others.length === 0)
    return { ok: true, target: { kind: "server", address, isTls, db, ...loginOf(first) } };
  if (urls.some((url) => Number(url?.pathname.slice(1)) > 0)) {
    return refuse(
      "must not end in a database number if it lists the nodes of a cluster: a cluster has only database 0",
    );
  }
  if (urls.some((url) => url?.protocol !== first.protocol)) {
    return refuse("must not mix redis:// and rediss:// in the nodes of a cluster");
  }
  return { ok: true, target: { kind: "cluster", nodes: [address, ...others], isTls, ...loginOf(first) } };
}

function findProblem(url: URL): string | undefined {
  const { protocol, hostname, pathname, hash, searchParams } = url;
  if (!["redis:", "rediss:"].includes(protocol) || hostname === "" || hash !== "") return form;
  if (decode(url.username) === undefined || decode(url.password) === undefined) return form;
  if (!/^\/?\d*$/.test(pathname)) {
    return "must end in the host and port, or in a slash and a database number from 0, such as /0";
  }
  const options = [...searchParams.keys()].filter((name) => name !== "family");
  if (options.some((name) => name.toLowerCase() === "keyprefix")) {
    return "must not contain keyPrefix, which the queue does not support: set REDIS_PREFIX";
  }
  if (options.length > 0) {
    return "must not contain options after a question mark, except family; a database is written as /1";
  }
  return undefined;
}

function addressOf({ hostname, port, searchParams }: URL): RedisAddress {
  const family = Number(searchParams.get("family"));
  return { host: plainHost(hostname), port: Number(port || 6379), ...(family > 0 && { family }) };
}

function loginOf({ username, password }: URL) {
  return {
    ...(username && { username: decode(username) as string }),
    ...(password && { password: decode(password) as string }),
  };
}
