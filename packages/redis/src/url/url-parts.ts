import type { RedisAddress } from "./redis-target.ts";

/** The parts of a URL with several hosts, which the URL standard does not know. */
type UrlParts = { login: Login; hosts: string; path: string; query: URLSearchParams };
type Login = { username?: string; password?: string };

/** Undefined for a text that is no such URL. */
export function splitUrl(text: string): UrlParts | undefined {
  const [, user, hosts, path, query] =
    /^[a-z+]+:\/\/(?:([^@/?#]*)@)?([^@/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/.exec(text) ?? [];
  const login = readLogin(user);
  if (hosts === undefined || login === undefined) return undefined;
  return { login, hosts, path: path ?? "", query: readQuery(query) };
}

/** Of `user:password`, percent-encoded. */
export function readLogin(text = ""): Login | undefined {
  const [username, password, ...more] = text.split(":").map(decode);
  if (username === undefined || more.length > 0 || (text.includes(":") && password === undefined))
    return undefined;
  return { ...(username && { username }), ...(password && { password }) };
}

/** Undefined where one of them is no host with a port. */
export function readAddresses(text: string, defaultPort: number): RedisAddress[] | undefined {
  const found = text.split(",").map((each) => /^\s*(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?\s*$/i.exec(each));
  const addresses = found.flatMap((parts) =>
    parts ? [{ host: plainHost(parts[1] as string), port: Number(parts[2] ?? defaultPort) }] : [],
  );
  return addresses.length === found.length ? addresses : undefined;
}

/** An IPv6 address without its brackets. */
export function plainHost(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}

/** Undefined where the percent-encoding is broken. */
export function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** As in the other parts of a URL, `+` is no space. */
function readQuery(text = ""): URLSearchParams {
  return new URLSearchParams(text.replaceAll("+", "%2B"));
}
