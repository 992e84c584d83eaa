import type { ConnectionInput, ConnectionStore } from "@customerio-router/connections";
import { welcomeConnection } from "@customerio-router/queue";
import type { RedisClient } from "@customerio-router/redis";
import type { Logger } from "@customerio-router/service";

/**
 * Makes the connection of the environment, and again whenever Redis lost its data: not when a person deleted it.
 * @throws InvalidConnectionError
 */
export async function ensureConnection(options: {
  redis: RedisClient;
  store: Pick<ConnectionStore, "ensure" | "readWriteKeys" | "watch">;
  connection: ConnectionInput;
  logger: Logger;
}): Promise<AsyncDisposable> {
  const { redis, store, connection, logger } = options;
  /** Of the installation in which it was made. */
  let mark: string | undefined;

  async function ensure(): Promise<void> {
    if (mark !== undefined && (await store.readWriteKeys()).mark === mark) return;
    await welcomeConnection(redis, (await store.ensure(connection)).id);
    mark = (await store.readWriteKeys()).mark;
  }
  await ensure();

  return store.watch((connectionId) => {
    if (connectionId !== undefined) return;
    ensure().catch((error) =>
      logger.warn({ err: error }, "could not create the environment's connection again"),
    );
  });
}
