import { requireSecretKey, WrongSecretKeyError } from "@customerio-router/connections";
import type { RedisClient } from "@customerio-router/redis";
import { type Finding, good, wrongAsIn } from "./finding.ts";

export async function checkSecretKey(redis: RedisClient, secretKey: string | undefined): Promise<Finding[]> {
  if (secretKey === undefined)
    return [wrongAsIn("SECRET_KEY", { name: "secret-key-wrong", detail: "It is not set." })];
  try {
    await requireSecretKey(redis, secretKey);
    return [good("SECRET_KEY", "It is this installation's.")];
  } catch (error) {
    if (!(error instanceof WrongSecretKeyError)) throw error;
    return [wrongAsIn("SECRET_KEY", { name: "secret-key-wrong" })];
  }
}
