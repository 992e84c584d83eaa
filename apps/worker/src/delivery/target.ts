import type { Connection } from "@customerio-router/connections";
import type { CustomerioClient } from "@customerio-router/customerio";

/** Where a connection's messages go at present. */
export type Target = {
  readonly connection: Connection;
  readonly client: CustomerioClient;
  readonly settings: Connection["settings"];
  /** Takes over the connection as it was saved, as a whole. @returns whether its address is another one now. */
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
      // Requests under way end as they began; the old client's idle connections close by themselves.
      current = { connection, client };
      return region !== connection.region || trackUrl !== connection.trackUrl;
    },
  };
}
