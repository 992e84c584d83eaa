import { hash, timingSafeEqual } from "node:crypto";

/** Compares in a time that tells nothing of either text, not even its length. */
export function equalSecrets(one: string, other: string): boolean {
  return timingSafeEqual(hash("sha256", one, "buffer"), hash("sha256", other, "buffer"));
}
