/** Above this share of Redis's maxmemory, records and finished jobs make room for messages. */
export const crowdedShare = 0.6;

/**
 * From this share on Redis counts as full and messages go elsewhere: settling needs memory too, so a truly full Redis
 * cannot drain. Higher than `crowdedShare`: otherwise a Redis full of records would never recover.
 */
export const fullShare = 0.8;

/**
 * Timeouts while a client waits; some SDKs resend when a reply is late. Each ends before the next, so that the next
 * step still has time.
 */
export const patience = {
  /** Timeout of a write to Redis when a spool can take the messages instead. */
  besideSpoolMs: 500,
  /** Timeout of a write to Redis without a spool. */
  withoutSpoolMs: 1_200,
  /** Maximum time from the end of a request's body to its reply. */
  replyMs: 1_400,
} as const;
