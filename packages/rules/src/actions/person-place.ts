import { hash } from "node:crypto";
import { isEmail, readId, valueAt } from "@customerio-router/messages";

/**
 * Where the person of a message stands among all, from 0 to 100: always the same for the same person. A message that names
 * nobody stands by its group, else by its own id.
 */
export function personPlace(message: unknown): number {
  const digits = hash("sha256", whoIn(message)).slice(0, 12);
  return (Number.parseInt(digits, 16) / 2 ** 48) * 100;
}

function whoIn(message: unknown): string {
  const contextTraits = valueAt(valueAt(message, "context"), "traits");
  const traits = valueAt(message, "type") === "identify" ? valueAt(message, "traits") : undefined;
  const who =
    readId(valueAt(message, "userId")) ??
    readId(valueAt(traits, "id")) ??
    readId(valueAt(contextTraits, "userId")) ??
    readId(valueAt(contextTraits, "id")) ??
    readId(valueAt(traits, "email")) ??
    readId(valueAt(contextTraits, "email")) ??
    readId(valueAt(message, "anonymousId")) ??
    readId(valueAt(message, "groupId")) ??
    readId(valueAt(message, "messageId")) ??
    "";
  const trimmed = who.trim();
  return isEmail(trimmed) ? trimmed.toLowerCase() : who;
}
