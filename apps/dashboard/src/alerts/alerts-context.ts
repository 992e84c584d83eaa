import type { AlertStore } from "@customerio-router/alerts";
import type { ConnectionsContext } from "../connections/connections-context.ts";

/** What the page and the API of alerts need. */
export type AlertsContext = Pick<ConnectionsContext, "redis" | "store"> & { alerts: AlertStore };
