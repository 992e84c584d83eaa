import { keyPrefix } from "./key-prefix.ts";

/** Written to check that Redis takes writes; expires. */
export const healthKey = `${keyPrefix}:health`;

/** What a process tries Redis's commands on. */
export function probeKey(id: string): string {
  return `${keyPrefix}:probe:{${id}}`;
}

/** Used only to check that publishing and subscribing are allowed. */
export const probeChannel = `${keyPrefix}:probe`;
