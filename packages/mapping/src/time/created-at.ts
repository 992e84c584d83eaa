import type { JsonObject } from "@customerio-router/customerio";
import { parseTime } from "@customerio-router/messages";
import { type Attributes, addAttribute, leaveOut } from "../attributes/attributes.ts";
import { secondsOf } from "./dates.ts";

/** What callers name the time when somebody or something came to be; the first that is there counts. */
const names = ["created_at", "createdAt", "created"] as const;

/** The name of the trait that becomes `created_at`. One that is `null` yields to one that is not. */
export function findCreatedAt(traits: JsonObject): string | undefined {
  return names.find((name) => (traits[name] ?? null) !== null) ?? names.find((name) => traits[name] === null);
}

/** Adds `created_at` in Unix seconds, whatever the settings; a time that nobody can read is left out. */
export function addCreatedAt(attributes: Attributes, traits: JsonObject, name: string): void {
  const value = traits[name];
  const ms = parseTime(value);
  if (value === null) addAttribute(attributes, "created_at", "");
  else if (ms === undefined) leaveOut(attributes, name, "created-at-invalid");
  else addAttribute(attributes, "created_at", secondsOf(ms));
}
