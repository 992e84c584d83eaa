/**
 * What Customer.io takes, in one place. Bytes are bytes of UTF-8; the bytes of an operation are those of its JSON.
 *
 * Sources: Track API v2 (`/api/v2/batch`, `/api/v2/entity`) and v1 (`/api/v1/customers/{identifier}/events`) reference,
 * and Customer.io's published list of limits.
 */
export const customerioLimits = {
  /** An id, email, `cio_id` or `anonymous_id`; an object's id and type. Source: published limits. */
  idBytes: 150,
  /** Source: published limits. */
  attributeNameBytes: 150,
  /** A string by its own bytes, any other value by its JSON. Source: published limits. */
  attributeValueBytes: 1_000,
  /** Attributes of one person or object in one call. Source: published limits. */
  attributesPerCall: 300,
  /** Source: published limits. */
  eventNameBytes: 100,
  /** One item of a v2 batch, "32kb or smaller": read as the smaller of its two meanings. Source: Track API v2, batch. */
  operationBytes: 32_000,
  /** `data` of an event on v1's endpoint. Source: published limits. */
  v1EventDataBytes: 100_000,
  /** The body of a v2 batch, "smaller than 500kb". Source: Track API v2, batch. */
  batchBytes: 500_000,
  /** v1 and v2 together; published, not strictly enforced, may throttle or drop. Source: Track API, rate limits. */
  requestsPerSecond: 1_000,
} as const;
