import { type Redis, type SentinelConnectionOptions, SentinelConnector } from "ioredis";

/** What of ioredis's class its types keep private. */
type Internals = { connectToSentinel(...args: unknown[]): Redis };

/** ioredis prints the errors of the connections on which Sentinels tell of a fail-over; it makes new ones by itself. */
export class SentinelConnection extends SentinelConnector {
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions);
    const own = this as unknown as Internals;
    const connect = own.connectToSentinel.bind(this);
    own.connectToSentinel = (...args) => connect(...args).on("error", () => {});
  }
}
