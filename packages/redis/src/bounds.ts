/** Above this share of Redis's maxmemory, what is only looked at makes room for messages. */
export const crowdedShare = 0.6;

/**
 * From this share on Redis is full and messages stay out of it: a full Redis cannot drain itself, since settling needs memory
 * too. Above `crowdedShare`: a Redis that is full of what is only looked at would never get free again.
 */
export const fullShare = 0.8;

/**
 * A client waits, and some SDKs take a reply that is late for none and send again. Each of these ends before the next, so
 * that what was waited for can still be followed by something else.
 */
export const patience = {
  /** Redis has so long to keep messages where a spool can take them instead. */
  besideSpoolMs: 500,
  /** Where there is none there is nothing to hurry for. */
  withoutSpoolMs: 1_200,
  /** A request has its reply within this, once its body is read. */
  replyMs: 1_400,
} as const;
