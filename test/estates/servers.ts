import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { redisServerPath } from "@customerio-router/fixtures";
import { fetchServer } from "./fetch-server.ts";

/** A redis-server or valkey-server, and what it says it is. */
export type Server = { name: string; path: string };

/** Debian's suites, with the package each has. Those older than 6.2 are refused, which is a result as well. */
const packages = [
  { suite: "bullseye", name: "redis-server" },
  { suite: "bookworm", name: "redis-server" },
  { suite: "trixie", name: "redis-server" },
  { suite: "trixie", name: "valkey-server" },
  { suite: "sid", name: "redis-server" },
  { suite: "sid", name: "valkey-server" },
] as const;

/** This machine's, and those of Debian's suites that can be fetched, each version once. */
export function listServers({ folder }: { folder: string }): Server[] {
  const servers = [describe(redisServerPath())];
  for (const wanted of packages) {
    try {
      servers.push(describe(fetchServer({ ...wanted, folder })));
    } catch (error) {
      const [why] = (error instanceof Error ? error.message : String(error)).split("\n");
      console.error(`${wanted.name} of ${wanted.suite} could not be fetched: ${why}`);
    }
  }
  return [...new Map(servers.map((server) => [server.name, server] as const).reverse()).values()].reverse();
}

function describe(path: string): Server {
  if (!existsSync(path)) throw new Error(`there is no ${path}`);
  const said = execFileSync(path, ["--version"], { encoding: "utf8" });
  const [, product = "Redis", version = "unknown"] = /^(\w+) .*v=([\w.-]+)/.exec(said) ?? [];
  return { name: `${product} ${version}`, path };
}
