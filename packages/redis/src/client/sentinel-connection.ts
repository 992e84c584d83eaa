import { type Redis, type SentinelConnectionOptions, SentinelConnector } from "ioredis";

/** What of ioredis's class its types keep private. */
type Internals = {
  connectToSentinel(...args: unknown[]): Redis;
  /** Listens to Sentinels for a fail-over, and then disconnects whatever connection there is. */
  failoverDetector: { cleanup(): void } | null;
};

/**
 * ioredis's way to a primary by Sentinels, without two faults. It prints the errors of the connections on which Sentinels
 * tell of a fail-over; it makes new ones by itself. And what Sentinels told of the last connection's primary would break off
 * the making of the next one, after which a client never connects again (measured: ten of ten while a Sentinel was
 * frozen).
 */
export class SentinelConnection extends SentinelConnector {
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions);
    const connect = this.#own.connectToSentinel.bind(this);
    this.#own.connectToSentinel = (...args) => connect(...args).on("error", () => {});
  }

  get #own(): Internals {
    return this as unknown as Internals;
  }

  override connect(
    ...args: Parameters<SentinelConnector["connect"]>
  ): ReturnType<SentinelConnector["connect"]> {
    this.#own.failoverDetector?.cleanup();
    return super.connect(...args);
  }
}
