import { randomBytes } from "node:crypto";

const prefix = "whsec_";
const madeBytes = 32;
/** Bounds of the Standard Webhooks specification. */
const minBytes = 24;
const maxBytes = 64;

export function makeWebhookSecret(): string {
  return prefix + randomBytes(madeBytes).toString("base64");
}

export function isWebhookSecret(text: string): boolean {
  if (!text.startsWith(prefix)) return false;
  const bytes = keyOfSecret(text);
  const isBase64 = bytes.toString("base64") === text.slice(prefix.length);
  return isBase64 && bytes.length >= minBytes && bytes.length <= maxBytes;
}

/** The bytes that sign. */
export function keyOfSecret(secret: string): Buffer {
  return Buffer.from(secret.slice(prefix.length), "base64");
}
