import { z } from "zod";
import type { EnvironmentVariable } from "../environment-variable.ts";

/** What the sandbox accepts. */
export const sandboxVariables = {
  SANDBOX_SITE_ID: {
    description: "Site ID that the sandbox accepts",
    default: "sandbox-site",
    schema: z.string(),
  },
  SANDBOX_API_KEY: {
    description: "API key that the sandbox accepts",
    default: "sandbox-key",
    secret: true,
    schema: z.string(),
  },
} as const satisfies Record<string, EnvironmentVariable>;
