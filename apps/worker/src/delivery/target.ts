import type { Connection } from "@customerio-router/connections";
import type { CustomerioClient } from "@customerio-router/customerio";

/** A connection as it was last saved, and its client. */
export type Target = {
  readonly connection: Connection;
  readonly client: CustomerioClient;
  readonly settings: Connection["settings"];
  /**
   * Replaces connection and client together.
   * @returns whether the address changed.
   */
  replace(connection: Connection, client: CustomerioClient): boolean;
};

export function createTarget(connection: Connection, client: CustomerioClient): Target {
  let current = { connection, client };

  return {
    get connection() {
      return current.connection;
    },
    get client() {
      return current.client;
    },
    get settings() {
      return current.connection.settings;
    },
    replace(connection, client) {
      const { region, trackUrl } = current.connection;
      // Requests in flight finish on the old client; its idle connections time out.
      current = { connection, client };
      return region !== connection.region || trackUrl !== connection.trackUrl;
    },
  };
}
