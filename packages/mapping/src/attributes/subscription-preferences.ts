import { isObject } from "@customerio-router/messages";

/** True for the one form Customer.io takes: `{ topics: { topic_1: true } }`. Source: Track API v2, person identify. */
export function isSubscriptionPreferences(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { topics } = value;
  if (topics === undefined) return true;
  return isObject(topics) && Object.values(topics).every((choice) => typeof choice === "boolean");
}
