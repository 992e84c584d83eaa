import type { RedisClient } from "@customerio-router/redis";
import { type RefusedCalls, readRefused } from "@customerio-router/reports";
import { maskMark, type Privacy } from "../privacy/privacy.ts";

/** What was refused of a source, or without a known write key, as people may see it. */
export async function readShownRefused(
  { redis, privacy }: { redis: RedisClient; privacy: Privacy },
  sourceId?: string,
): Promise<RefusedCalls[]> {
  const refused = await readRefused(redis, sourceId);
  if (!privacy.isMasking) return refused;
  return refused.map((one) => ({ ...one, examples: one.examples.map((each) => mask(each, privacy)) }));
}

function mask<Example extends { body?: string }>(example: Example, privacy: Privacy): Example {
  if (example.body === undefined) return example;
  try {
    return { ...example, body: JSON.stringify(privacy.mask(JSON.parse(example.body))) };
  } catch {
    // Cut off or damaged: what in it is personal, nobody can tell.
    return { ...example, body: maskMark };
  }
}
