import { z } from "zod";
import type { EnvironmentVariable } from "../environment-variable.ts";
import { baseUrl, httpUrl } from "../value-schemas.ts";

/** Users of the dashboard who log in by OpenID Connect. */
export const openIdVariables = {
  OIDC_ISSUER: {
    description:
      "Issuer of OpenID Connect, as its discovery document names it: users log in to the dashboard there. Needs `OIDC_CLIENT_ID` and `DASHBOARD_URL`",
    schema: httpUrl(),
  },
  OIDC_CLIENT_ID: { description: "Client id of the dashboard at `OIDC_ISSUER`", schema: z.string() },
  OIDC_CLIENT_SECRET: {
    description: "Its secret; left out for a public client",
    secret: true,
    schema: z.string(),
  },
  OIDC_SCOPE: {
    description: "Scopes that are asked for, separated by blanks",
    default: "openid profile email",
    schema: z.string(),
  },
  OIDC_ROLE_CLAIM: {
    description:
      "Claim that holds a user's roles, with points for claims in claims, such as `realm_access.roles`",
    default: "roles",
    schema: z.string(),
  },
  OIDC_OPERATOR_ROLE: {
    description: "Role of those who may do everything",
    default: "operator",
    schema: z.string(),
  },
  OIDC_READER_ROLE: {
    description: "Role of those who may look and change nothing",
    default: "reader",
    schema: z.string(),
  },
  DASHBOARD_URL: {
    description:
      "URL at which people reach the dashboard, such as `https://router.example.com`; with a path, such as `https://tools.example.com/customerio`, the dashboard is under it. `OIDC_ISSUER` sends users back to `/login/callback` there",
    schema: baseUrl(),
  },
} as const satisfies Record<string, EnvironmentVariable>;
