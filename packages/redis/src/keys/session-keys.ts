import { keyPrefix } from "./key-prefix.ts";

/** Hash: id -> who is logged in to the dashboard, as JSON, for its list. */
export const sessionsKey = `${keyPrefix}:sessions`;

/** Set when a dashboard session was logged out, until its cookie expires. */
export function endedSessionKey(sessionId: string): string {
  return `${keyPrefix}:ended-session:${sessionId}`;
}
