import { z } from "zod";
import type { EnvironmentVariable } from "../environment-variable.ts";
import { oneOf } from "../value-schemas.ts";

/** Keys, passwords and tokens of the installation, and what they show. */
export const accessVariables = {
  SECRET_KEY: {
    description:
      "Key that encrypts API keys in Redis: at least 32 characters, the same for every process. `npm start` generates and keeps one. Worker and dashboard do not start without it",
    whenMissing:
      "set the one this installation began with, or for a new installation what `openssl rand -base64 32` makes.",
    secret: true,
    schema: z.string().min(32, "must have at least 32 characters; `openssl rand -base64 32` makes one"),
  },
  OLD_SECRET_KEY: {
    description: "The previous `SECRET_KEY`; read only by `npm run rekey`",
    whenMissing: "set the key that encrypts the API keys now; if it is lost, use `--lost`.",
    secret: true,
    schema: z.string(),
  },
  DASHBOARD_PASSWORD: {
    description: "Password of the dashboard; without it the dashboard listens on loopback only",
    secret: true,
    schema: z.string(),
  },
  DASHBOARD_READ_ONLY_PASSWORD: {
    description: "Password for read-only access to the dashboard; needs a different `DASHBOARD_PASSWORD`",
    secret: true,
    schema: z.string(),
  },
  DASHBOARD_LOGIN_CODE: {
    description:
      "One-time code: the link `/login?code=…` opens the dashboard once, within 10 minutes of its start; `npm start` generates one",
    secret: true,
    schema: z.string().min(16, "must have at least 16 characters; `openssl rand -hex 16` makes one"),
  },
  DASHBOARD_API_TOKEN: {
    description: "Bearer token for the dashboard's JSON API under `/api`, at least 16 characters",
    secret: true,
    schema: z.string().min(16, "must have at least 16 characters; `openssl rand -base64 24` makes one"),
  },
  DASHBOARD_MASK_PERSONAL_DATA: {
    description: "`true` hides personal data in the messages that the dashboard and Bull Board show",
    default: "false",
    schema: oneOf(["true", "false"]).transform((text) => text === "true"),
  },
  METRICS_TOKEN: {
    description:
      "Bearer token for `/metrics`, at least 16 characters; without it only direct requests from this machine are answered, and none of a dashboard with a password",
    secret: true,
    schema: z.string().min(16, "must have at least 16 characters; `openssl rand -base64 24` makes one"),
  },
} as const satisfies Record<string, EnvironmentVariable>;
