import { type HttpReply, parseJson, readReply } from "./replies/read-reply.ts";
import type { RegionReply } from "./replies/reply.ts";

/** Reads the reply to `GET /api/v1/accounts/region`; older ones say `data_center` for `region`. */
export function readRegion(reply: HttpReply): RegionReply {
  const read = readReply(reply, 0);
  if (read.kind !== "accepted") return read;
  const json = parseJson(reply.body);
  const fields: { [name: string]: unknown } = typeof json === "object" && json !== null ? { ...json } : {};
  const region = fields.region ?? fields.data_center;
  if (region !== "us" && region !== "eu") return { kind: "misconfigured", status: reply.status };
  const environmentId = fields.environment_id;
  return { kind: "found", region, ...(typeof environmentId === "number" && { environmentId }) };
}
