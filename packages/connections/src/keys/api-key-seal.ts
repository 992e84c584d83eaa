import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

import { ApiKeyError } from "./api-key-error.ts";

/** SECRET_KEY is missing, or is not the one an API key was sealed with. */
export class SecretKeyError extends ApiKeyError {
  override name = "SecretKeyError";
}

/** `owner` binds the sealed text to its place, so that it cannot be moved to another connection. */
export type ApiKeySeal = {
  /** Tells which SECRET_KEY sealed a text, without telling the key. */
  keyId: string;
  seal(apiKey: string, owner: string): string;
  /** @throws SecretKeyError when sealed with another SECRET_KEY, or damaged */
  unseal(sealed: string, owner: string): string;
};

const nonceBytes = 12;
const tagBytes = 16;

/**
 * Seals API keys with AES-256-GCM under a key derived from SECRET_KEY by HKDF-SHA-256.
 * A sealed text is `<key id>.<base64url of nonce, tag and ciphertext>`.
 */
export function createApiKeySeal(secretKey: string): ApiKeySeal {
  const key = derive(secretKey, "seal", 32);
  const keyId = derive(secretKey, "key id", 4).toString("hex");

  return {
    keyId,
    seal(apiKey, owner) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(owner));
      const ciphertext = Buffer.concat([cipher.update(apiKey, "utf8"), cipher.final()]);
      return `${keyId}.${Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString("base64url")}`;
    },
    unseal(sealed, owner) {
      const [sealedBy, text = ""] = sealed.split(".");
      if (sealedBy !== keyId) {
        throw new SecretKeyError(
          `The API key is encrypted with another SECRET_KEY (key id ${sealedBy}; the current one has ${keyId}). Start with that SECRET_KEY, or enter the API key again.`,
        );
      }
      const bytes = Buffer.from(text, "base64url");
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        });
        decipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
        return (
          decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, "utf8") + decipher.final("utf8")
        );
      } catch {
        throw new SecretKeyError("The stored API key is damaged. Enter the API key again.");
      }
    },
  };
}

function derive(secretKey: string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync("sha256", secretKey, "", `customerio-router api-key ${purpose}`, bytes));
}
