import { keyPrefix } from "./key-prefix.ts";

/** Stands when a session of the dashboard was logged out, for as long as its cookie would be good. */
export function endedSessionKey(sessionId: string): string {
  return `${keyPrefix}:ended-session:${sessionId}`;
}
