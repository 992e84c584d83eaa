const form =
  "must be redis://host:port or rediss://host:port, or a comma-separated list of these for a cluster; in a password write @ : / ? # % as %40 %3A %2F %3F %23 %25";

/** What is wrong with a REDIS_URL by itself, as the end of a sentence that begins with its name. Quotes no secret. */
export function findRedisUrlProblem(text: string): string | undefined {
  const parts = text.split(",").map((part) => URL.parse(part.trim()));
  for (const url of parts) {
    const problem = url === null ? form : findPartProblem(url);
    if (problem !== undefined) return problem;
  }
  if (parts.length > 1 && parts.some((url) => Number(url?.pathname.slice(1)) > 0)) {
    return "must not end in a database number if it lists the nodes of a cluster: a cluster has only database 0";
  }
  return undefined;
}

function findPartProblem(url: URL): string | undefined {
  const { protocol, hostname, pathname, hash, searchParams } = url;
  if (!["redis:", "rediss:"].includes(protocol) || hostname === "" || hash !== "") return form;
  if (!isDecodable(url.username) || !isDecodable(url.password)) return form;
  if (!/^\/?\d*$/.test(pathname)) {
    return "must end in the host and port, or in a slash and a database number from 0, such as /0";
  }
  const options = [...searchParams.keys()].filter((name) => name !== "family");
  if (options.some((name) => name.toLowerCase() === "keyprefix")) {
    return "must not contain keyPrefix, which the queue does not support. Give this installation a database of its own, such as /1";
  }
  if (options.length > 0) {
    return "must not contain options after a question mark, except family; a database is written as /1";
  }
  return undefined;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
