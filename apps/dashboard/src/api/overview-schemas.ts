import { connection } from "./connections/connection-schemas.ts";
import { open, whole } from "./schema-parts.ts";

/** JSON schema of `GET /overview`. */

export const overview = {
  ...open,
  properties: {
    range: { type: "string", enum: ["hour", "day"] },
    pointMinutes: whole,
    points: { type: "array", items: open },
    connections: { type: "array", items: connection },
    redis: open,
  },
} as const;
