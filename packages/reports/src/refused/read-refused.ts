import { noSource, type RedisClient, refusedKey } from "@customerio-router/redis";
import { type RefusedCalls, type RefusedExample, refusedFields } from "./refused-call.ts";

type Last = Pick<RefusedCalls, "status" | "userAgent"> & { atMs: number };

/** What was refused of a source's requests, or of those without a known write key, the latest reason first. */
export async function readRefused(redis: RedisClient, sourceId: string = noSource): Promise<RefusedCalls[]> {
  const hash = await redis.hgetall(refusedKey(sourceId));
  const reasons = Object.keys(hash).flatMap((field) => withoutPrefix(field, refusedFields.requests));
  const all = reasons.flatMap((reason): RefusedCalls[] => {
    const text = hash[`${refusedFields.last}${reason}`];
    if (text === undefined) return [];
    const { atMs, ...last } = JSON.parse(text) as Last;
    const requests = Number(hash[`${refusedFields.requests}${reason}`]);
    return [{ reason, requests, lastAtMs: atMs, ...last, examples: examplesOf(hash, reason) }];
  });
  return all.sort((one, other) => other.lastAtMs - one.lastAtMs);
}

function examplesOf(hash: Record<string, string>, reason: string): RefusedExample[] {
  const prefix = `${refusedFields.example}${reason}:`;
  const fields = Object.entries(hash).filter(([field]) => field.startsWith(prefix));
  const examples = fields.map(([, text]) => JSON.parse(text) as RefusedExample);
  return examples.sort((one, other) => other.atMs - one.atMs);
}

function withoutPrefix(field: string, prefix: string): string[] {
  return field.startsWith(prefix) ? [field.slice(prefix.length)] : [];
}
