import type { ConnectionsContext } from "../connections/connections-context.ts";
import type { MessagesContext } from "../messages/messages-context.ts";

/** What the JSON API needs: all that the pages need. */
export type ApiContext = ConnectionsContext &
  MessagesContext & {
    /** Opens the list of erased people. */
    secretKey: string | undefined;
  };
