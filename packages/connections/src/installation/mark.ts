import { randomBytes } from "node:crypto";
import { hostname } from "node:os";

/**
 * The field of the hash of write keys that holds the installation's mark: a mark that is gone, or another one, shows that
 * Redis lost its data. Among the write keys, so that neither is evicted or restored without the other.
 */
export const markField = "installation";

/** Random, followed by where and when it was made, for a person. */
export function makeMark(): string {
  return `${randomBytes(16).toString("hex")} ${hostname()}, ${new Date().toISOString().slice(0, 10)}`;
}

export function installationNameOf(mark: string): string {
  return mark.slice(mark.indexOf(" ") + 1);
}
