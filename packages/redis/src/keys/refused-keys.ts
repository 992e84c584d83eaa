import { keyPrefix } from "./key-prefix.ts";

/** In place of a connection's id: requests whose write key is missing, unknown or was not looked at. */
export const noSource = "-";

/** Hash: what intakes refused of a connection's requests, by reason. */
export function refusedKey(connectionId: string): string {
  return `${keyPrefix}:refused:{${connectionId}}`;
}
