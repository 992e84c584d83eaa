import { keyPrefix } from "./key-prefix.ts";

/** Stream: what people did, each an action as JSON in the field `action`. */
export const auditKey = `${keyPrefix}:audit`;
