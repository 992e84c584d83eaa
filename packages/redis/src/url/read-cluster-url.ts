import { type ReadRedisUrl, refuse } from "./redis-target.ts";
import { readAddresses, splitUrl } from "./url-parts.ts";

const form =
  "must be redis+cluster://user:password@host:port, or rediss+cluster://… with TLS, where host is the cluster's configuration endpoint; in a password write @ : / ? # % as %40 %3A %2F %3F %23 %25";

/** One configuration endpoint, which tells the nodes of its cluster. */
export function readClusterUrl(text: string): ReadRedisUrl {
  const parts = splitUrl(text);
  const nodes = parts && readAddresses(parts.hosts, 6379);
  if (!nodes) return refuse(form);
  if (nodes.length > 1) {
    return refuse(
      "must name one configuration endpoint after redis+cluster://; a list of nodes is written as redis://host:port,redis://host:port",
    );
  }
  if (!/^\/?0?$/.test(parts.path)) {
    return refuse("must not end in a database number or a name: a cluster has only database 0");
  }
  if (parts.query.size > 0) return refuse("must not contain options after a question mark");
  return { ok: true, target: { kind: "cluster", nodes, isTls: text.startsWith("rediss+"), ...parts.login } };
}
