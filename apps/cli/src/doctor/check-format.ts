import { formatVersion, type RedisClient, readFormat, refuseFormat } from "@customerio-router/redis";
import { type Finding, good, wrong, wrongAsIn } from "./finding.ts";

export async function checkFormat(redis: RedisClient): Promise<Finding[]> {
  const found = await readFormat(redis);
  const why = refuseFormat(found);
  if (why !== undefined) return [wrong("Format of the data", why)];
  if (found === formatVersion) return [good("Format of the data", `${found}, the newest of this version.`)];
  const detail = `The data has format ${found}, and this version has format ${formatVersion}.`;
  return [wrongAsIn("Format of the data", { name: "upgrade-open", detail })];
}
