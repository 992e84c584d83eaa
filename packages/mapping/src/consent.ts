import { isObject, valueAt } from "@customerio-router/messages";

/** The consent a call says was withheld and a connection needs; undefined where there is none. What is not said is not withheld. */
export function findWithheldConsent(call: unknown, categories: readonly string[]): string | undefined {
  if (categories.length === 0) return undefined;
  const preferences = valueAt(valueAt(valueAt(call, "context"), "consent"), "categoryPreferences");
  if (!isObject(preferences)) return undefined;
  const withheld = categories.find((name) => Object.hasOwn(preferences, name) && preferences[name] === false);
  return withheld === undefined ? undefined : `context.consent.categoryPreferences.${withheld}`;
}
