/** A JSON object as it came: nothing is known of its values. */
export type Fields = { readonly [key: string]: unknown };

/** An id as callers give it; numbers are read as text. */
export type Id = string | number;

/**
 * What every call may carry. Only what validation has looked at has a type narrower than `unknown`: SDKs and people
 * send nulls, numbers and worse, and whoever reads a field decides what counts.
 */
type AnyCall = {
  readonly type: string;
  readonly userId?: unknown;
  readonly anonymousId?: unknown;
  readonly messageId?: unknown;
  readonly context?: unknown;
  readonly integrations?: unknown;
  /** When it happened, as the client's clock had it; after intake, corrected by its skew. */
  readonly timestamp?: unknown;
  /** Some SDKs' name for `timestamp`; after intake, always the client's time as sent. */
  readonly originalTimestamp?: unknown;
  readonly sentAt?: unknown;
  readonly receivedAt?: unknown;
};

export type IdentifyCall = AnyCall & { readonly type: "identify"; readonly traits?: unknown };
export type TrackCall = AnyCall & {
  readonly type: "track";
  readonly event: string;
  readonly properties?: unknown;
};
export type PageCall = AnyCall & {
  readonly type: "page";
  readonly name?: unknown;
  readonly properties?: unknown;
};
export type ScreenCall = AnyCall & {
  readonly type: "screen";
  readonly name?: unknown;
  /** Some SDKs put the name here. */
  readonly event?: unknown;
  readonly properties?: unknown;
};
export type GroupCall = AnyCall & { readonly type: "group"; readonly groupId: Id; readonly traits?: unknown };
export type AliasCall = AnyCall & { readonly type: "alias"; readonly userId: Id; readonly previousId: Id };

/** What a customer's code does, as JSON: one of the six calls of the Segment protocol. */
export type Call = IdentifyCall | TrackCall | PageCall | ScreenCall | GroupCall | AliasCall;

export const callTypes = ["identify", "track", "page", "screen", "group", "alias"] as const;
export type CallType = (typeof callTypes)[number];

/** A call as intake stamped it. */
export type Message = Call & {
  readonly messageId: string;
  /** ISO 8601, by intake's clock. */
  readonly receivedAt: string;
};
