import { keyPrefix } from "./key-prefix.ts";

/** Set when a dashboard session was logged out, until its cookie expires. */
export function endedSessionKey(sessionId: string): string {
  return `${keyPrefix}:ended-session:${sessionId}`;
}
