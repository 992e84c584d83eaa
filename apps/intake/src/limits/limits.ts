import { Refusal } from "../receive/refusal.ts";
import { createBuckets } from "./buckets.ts";
import { networkOf } from "./network-of.ts";

/** Unknown write keys from one address, a second; an SDK set up wrongly sends some, a guesser needs billions. */
const unknownKeysPerSecond = 10;

/**
 * Rate limits per address and per source. Each intake counts separately: with several intakes, divide the limits
 * among them.
 */
export type Limits = {
  /** Asked before anything else is done for a request. */
  refuseRequest(address: string): Refusal | undefined;
  /** Asked before a write key that is not in memory is looked up. */
  refuseUnknownKey(address: string): Refusal | undefined;
  countUnknownKey(address: string): void;
  /** Asked before a source's messages are looked at. */
  refuseMessages(source: Limited): Refusal | undefined;
  countMessages(source: Limited, messages: number): void;
};

/** A source; `messagesPerSecond` null: no limit of its own. */
type Limited = { id: string; messagesPerSecond: number | null };

export type LimitSettings = {
  /** Requests a second; 0: no limit. */
  perAddress: number;
  /** Messages a second of a source without a limit of its own; 0: no limit. */
  perKey: number;
};

export function createLimits({ perAddress, perKey }: LimitSettings): Limits {
  const requests = createBuckets(perAddress);
  const unknownKeys = createBuckets(unknownKeysPerSecond);
  const messages = createBuckets(perKey);

  return {
    refuseRequest(address) {
      const network = networkOf(address);
      if (requests.isEmpty(network)) return tooManyRequests;
      requests.take(network, 1);
      return undefined;
    },
    refuseUnknownKey: (address) => (unknownKeys.isEmpty(networkOf(address)) ? tooManyUnknownKeys : undefined),
    countUnknownKey: (address) => unknownKeys.take(networkOf(address), 1),
    refuseMessages: ({ id, messagesPerSecond }) =>
      messages.isEmpty(id, messagesPerSecond ?? perKey) ? tooManyMessages : undefined,
    countMessages: ({ id, messagesPerSecond }, count) =>
      messages.take(id, count, messagesPerSecond ?? perKey),
  };
}

const tooManyRequests = new Refusal(
  429,
  "too-many-requests",
  "This address exceeds its rate of requests: send them again later.",
);
const tooManyMessages = new Refusal(
  429,
  "too-many-messages-a-second",
  "This source exceeds its rate of messages: send them again later.",
);
/** Not 401: among the guesses may be the key of a connection made just now. */
const tooManyUnknownKeys = new Refusal(
  429,
  "too-many-unknown-keys",
  "This address sends too many unknown write keys: send again later.",
);
