import { type ReadRedisUrl, refuse } from "./redis-target.ts";
import { decode, readAddresses, splitUrl } from "./url-parts.ts";

const form =
  "must be redis+sentinel://user:password@host:port,host:port/master-name, or rediss+sentinel://… with TLS; in a password write @ : / ? # % as %40 %3A %2F %3F %23 %25";

const options = ["db", "sentinelUsername", "sentinelPassword"];

/** The Sentinels, which tell the primary. */
export function readSentinelUrl(text: string): ReadRedisUrl {
  const parts = splitUrl(text);
  const sentinels = parts && readAddresses(parts.hosts, 26379);
  if (!sentinels) return refuse(form);
  const { query, login } = parts;
  const name = decode(parts.path.slice(1));
  if (!name || name.includes("/")) {
    return refuse(
      "must end in a slash and the name that the Sentinels have for the primary, such as /mymaster; a database is written as ?db=1",
    );
  }
  if ([...query.keys()].some((option) => !options.includes(option))) {
    return refuse(`must not contain options after a question mark, except ${options.join(", ")}`);
  }
  const db = query.get("db") ?? "0";
  if (!/^\d+$/.test(db)) return refuse("must have a database number from 0 as db, such as ?db=1");
  const [sentinelUsername, sentinelPassword] = [query.get("sentinelUsername"), query.get("sentinelPassword")];
  if (sentinelUsername && !sentinelPassword)
    return refuse("must have sentinelPassword beside sentinelUsername");
  return {
    ok: true,
    target: {
      kind: "sentinel",
      sentinels,
      name,
      isTls: text.startsWith("rediss+"),
      db: Number(db),
      ...login,
      ...(sentinelUsername && { sentinelUsername }),
      ...(sentinelPassword && { sentinelPassword }),
    },
  };
}
