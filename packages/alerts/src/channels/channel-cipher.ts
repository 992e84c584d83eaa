import { type ApiKeySeal, createApiKeySeal } from "@customerio-router/connections";
import type { ChannelSecrets } from "./channel.ts";

/** Binds the sealed text to its channel. */
export function sealOwner(channelId: string): string {
  return `alert-channel:${channelId}`;
}

/** Seals the secrets of channels as API keys are sealed. */
export type ChannelCipher = {
  seal(channelId: string, secrets: ChannelSecrets): string;
  /** @throws ChannelSecretError when SECRET_KEY is missing or another one, or the text is damaged */
  unseal(channelId: string, sealed: string): ChannelSecrets;
};

/** Its message says what a person has to do. */
export class ChannelSecretError extends Error {
  override name = "ChannelSecretError";
}

export function createChannelCipher(secretKey: string | undefined): ChannelCipher {
  const seal = secretKey === undefined ? undefined : createApiKeySeal(secretKey);
  const needed = (): ApiKeySeal => {
    if (seal) return seal;
    throw new ChannelSecretError(
      "SECRET_KEY is not set, but it encrypts the secrets of channels: set it and start again.",
    );
  };
  return {
    seal: (channelId, secrets) => needed().seal(JSON.stringify(secrets), sealOwner(channelId)),
    unseal(channelId, sealed) {
      const opener = needed();
      try {
        return JSON.parse(opener.unseal(sealed, sealOwner(channelId))) as ChannelSecrets;
      } catch (error) {
        throw new ChannelSecretError(
          "SECRET_KEY does not decrypt the channel's secrets: start with the SECRET_KEY that encrypted them, or enter them again.",
          { cause: error },
        );
      }
    },
  };
}
