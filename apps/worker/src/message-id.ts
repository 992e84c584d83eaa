/** Empty for what has none: added by hand, or cut. */
export function messageIdOf(message: unknown): string {
  const isObject = typeof message === "object" && message !== null;
  return isObject && "messageId" in message ? String(message.messageId) : "";
}
