import type { AlertsContext } from "../alerts/alerts-context.ts";
import type { ConnectionsContext } from "../connections/connections-context.ts";
import type { ErasureContext } from "../erasure/erasure-context.ts";
import type { MessagesContext } from "../messages/messages-context.ts";

/** What the JSON API needs: all that the pages need. */
export type ApiContext = ConnectionsContext & MessagesContext & ErasureContext & AlertsContext;
