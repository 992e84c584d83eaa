import { keyPrefix } from "./key-prefix.ts";

/** In place of a source's id: requests whose write key is missing, unknown or was not looked at. */
export const noSource = "-";

/** Hash: what intakes refused of a source's requests, by reason. */
export function refusedKey(sourceId: string): string {
  return `${keyPrefix}:refused:{${sourceId}}`;
}
