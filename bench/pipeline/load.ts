/** What a client does. */
export type Load = {
  /** Messages of one request: alone by /v1/track, several by /v1/batch. */
  perRequest: number;
  /** How many people they are spread over, evenly. */
  people: number;
  /** The share of all messages that one more person sends; their way is not measured. */
  heavyShare?: number;
  /**
   * As fast as acknowledgements come over so many connections, or so many messages a second whatever comes back.
   */
  pace: { connections: number } | { perSecond: number };
  /** No more than so many are acknowledged but not delivered. */
  maxAhead?: number;
  /** Sends for so long before measuring, and then while measuring; or so many messages. */
  until: { warmUpMs: number; measureMs: number } | { messages: number };
};

/** Where a client sends to. */
export type Target = { intakeUrl: string; writeKey: string; destinationUrl: string };

/** What it saw while measuring. */
export type ClientReport = { acked: number; refused: number; ackMs: { p50: number; p99: number } };
