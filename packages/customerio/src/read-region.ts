import type { RegionAnswer } from "./answers/answer.ts";
import { parseJson, type Reply, readReply } from "./answers/read-reply.ts";

/** Reads the answer of `GET /api/v1/accounts/region`; older ones say `data_center` for `region`. */
export function readRegion(reply: Reply): RegionAnswer {
  const verdict = readReply(reply, 0);
  if (verdict.kind !== "accepted") return verdict;
  const answer = parseJson(reply.body);
  const fields: { [name: string]: unknown } =
    typeof answer === "object" && answer !== null ? { ...answer } : {};
  const region = fields.region ?? fields.data_center;
  if (region !== "us" && region !== "eu") return { kind: "misconfigured", status: reply.status };
  const environmentId = fields.environment_id;
  return { kind: "found", region, ...(typeof environmentId === "number" && { environmentId }) };
}
