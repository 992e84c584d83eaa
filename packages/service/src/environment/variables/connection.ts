import { z } from "zod";
import type { EnvironmentVariable } from "../environment-variable.ts";
import { httpUrl, jsonObject, oneOf } from "../value-schemas.ts";

/** The connection that the environment describes. */
export const connectionVariables = {
  CUSTOMERIO_SITE_ID: {
    description: "Site ID of the Customer.io workspace, for the connection that the environment describes",
    schema: z.string().regex(/^[!-9;-~]+$/, "must be printable characters without spaces and colons"),
  },
  CUSTOMERIO_API_KEY: {
    description: "Track API key of that workspace",
    secret: true,
    schema: z.string().regex(/^[!-~]+$/, "must be printable characters without spaces"),
  },
  CUSTOMERIO_REGION: {
    description: "Region of that workspace: `us` or `eu`",
    default: "us",
    schema: oneOf(["us", "eu"]),
  },
  CUSTOMERIO_TRACK_URL: {
    description: "URL to send to instead of Customer.io's own; needs `ALLOW_CUSTOM_TRACK_URL=true`",
    schema: httpUrl(),
  },
  ALLOW_CUSTOM_TRACK_URL: {
    description: "`true` lets a connection send to a host other than Customer.io's",
    default: "false",
    schema: oneOf(["true", "false"]).transform((text) => text === "true"),
  },
  WRITE_KEY: {
    description: "Write key of that connection, at most 200 characters",
    secret: true,
    schema: z
      .string()
      .max(200, "must have at most 200 characters")
      .regex(/^[!-9;-~]+$/, "must be printable characters without spaces and colons"),
  },
  CONNECTION_NAME: {
    description: "Name of that connection, at most 100 characters; its id is derived from the name",
    schema: z.string().trim().min(1, "must not be blank").max(100, "must have at most 100 characters"),
  },
  CONNECTION_SETTINGS: {
    description: "Settings of that connection that differ from their defaults, as a JSON object",
    schema: jsonObject(),
  },
} as const satisfies Record<string, EnvironmentVariable>;
