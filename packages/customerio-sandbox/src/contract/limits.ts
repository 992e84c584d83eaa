/**
 * Customer.io's published limits, in bytes of UTF-8 where a name ends in `Bytes`. Source: the sections "Customer
 * limits", "Object and relationship limits", "Track API Event limits" and "v2 API Limits" of the Track API
 * specification 1.0.0 (https://docs.customer.io/api/track/). It does not say whether its kilobyte is 1,000 or 1,024
 * bytes; this judge takes the smaller one, so that what passes here passes under either reading.
 */
export const limits = {
  /** Ids of people and objects, and anonymous ids. */
  idBytes: 150,
  attributeNameBytes: 150,
  /** A string by its own bytes, any other value by its JSON. */
  attributeValueBytes: 1_000,
  /** A person, an object or a relationship; and one call. */
  attributes: 300,
  /** All attributes of an object or of a relationship together. */
  objectAttributesBytes: 100_000,
  eventNameBytes: 100,
  /** The `data` of a v1 event; a v2 event is held by `operationBytes`. */
  eventDataBytes: 100_000,
  /** One request of `/api/v2/entity`, and each operation inside a batch. */
  operationBytes: 32_000,
  /** One request of `/api/v2/batch`. */
  batchBytes: 500_000,
  /** Not Customer.io's: JSON nested deeper is refused, since nothing that recurses can be trusted with it. */
  jsonDepth: 500,
} as const;
