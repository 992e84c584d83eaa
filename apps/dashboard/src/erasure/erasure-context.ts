import type { ConnectionsContext } from "../connections/connections-context.ts";

/** What erasing needs. */
export type ErasureContext = Pick<ConnectionsContext, "redis" | "store"> & {
  /** Opens the list of erased people. */
  secretKey: string | undefined;
};
