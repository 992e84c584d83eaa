import { type ReadRedisUrl, refuse } from "./redis-target.ts";
import { decode, splitUrl } from "./url-parts.ts";

const form =
  "must be unix:///path/to/redis.sock or unix://user:password@/path/to/redis.sock, with ?db=1 for another database than 0; in a password write @ : / ? # % as %40 %3A %2F %3F %23 %25";

/** A socket of this machine. */
export function readSocketUrl(text: string): ReadRedisUrl {
  const parts = splitUrl(text);
  const path = parts && decode(parts.path);
  if (!path || path === "/" || parts.hosts !== "") return refuse(form);
  const { db = "0", ...others } = Object.fromEntries(parts.query);
  if (!/^\d+$/.test(db) || Object.keys(others).length > 0) return refuse(form);
  return { ok: true, target: { kind: "socket", path, db: Number(db), ...parts.login } };
}
