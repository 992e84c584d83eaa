import { Refusal } from "../receive/refusal.ts";
import { createBuckets } from "./buckets.ts";
import { networkOf } from "./network-of.ts";

/** Unknown write keys from one address, a second; an SDK set up wrongly sends some, a guesser needs billions. */
const unknownKeysPerSecond = 10;

/**
 * Rate limits per address and per write key. Each intake counts separately: with several intakes, divide the limits
 * among them.
 */
export type Limits = {
  /** Asked before anything else is done for a request. */
  refuseRequest(address: string): Refusal | undefined;
  /** Asked before a write key that is not in memory is looked up. */
  refuseUnknownKey(address: string): Refusal | undefined;
  countUnknownKey(address: string): void;
  /** Asked before a connection's messages are looked at. */
  refuseMessages(connectionId: string): Refusal | undefined;
  countMessages(connectionId: string, messages: number): void;
};

export type LimitSettings = {
  /** Requests a second; 0: no limit. */
  perAddress: number;
  /** Messages a second; 0: no limit. */
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
      requests.take(network);
      return undefined;
    },
    refuseUnknownKey: (address) => (unknownKeys.isEmpty(networkOf(address)) ? tooManyUnknownKeys : undefined),
    countUnknownKey: (address) => unknownKeys.take(networkOf(address)),
    refuseMessages: (connectionId) => (messages.isEmpty(connectionId) ? tooManyMessages : undefined),
    countMessages: (connectionId, count) => messages.take(connectionId, count),
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
  "This write key exceeds its rate of messages: send them again later.",
);
/** Not 401: among the guesses may be the key of a connection made just now. */
const tooManyUnknownKeys = new Refusal(
  429,
  "too-many-unknown-keys",
  "This address sends too many unknown write keys: send again later.",
);
