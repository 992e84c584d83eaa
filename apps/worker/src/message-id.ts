import { isObject, readId } from "@customerio-router/messages";

/** Empty for what has none: added by hand, or cut. Whatever a person wrote there, it must not throw. */
export function messageIdOf(message: unknown): string {
  return (isObject(message) && readId(message.messageId)) || "";
}
