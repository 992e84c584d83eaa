/** What intake takes. Bytes of a message are those of its JSON in UTF-8. */
export const messageLimits = {
  /** 128 KB: room for the largest event Customer.io takes (100,000 bytes) with its context. */
  messageBytes: 131_072,
  /** A request's body, inflated. SDKs whose own limits fail send up to 2.03 MB. */
  bodyBytes: 4 * 1024 * 1024,
  /** Messages of one request. Source: the Segment HTTP API's limit of a batch. */
  messagesPerBatch: 2_500,
  /** Objects and arrays inside one another. No analytics call comes near it; far deeper ones overflow parsers' stacks. */
  depth: 100,
} as const;
