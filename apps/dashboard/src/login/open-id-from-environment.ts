import type { OpenIdOptions } from "./open-id.ts";

export const openIdNames = [
  "OIDC_ISSUER",
  "OIDC_CLIENT_ID",
  "OIDC_CLIENT_SECRET",
  "OIDC_SCOPE",
  "OIDC_ROLE_CLAIM",
  "OIDC_OPERATOR_ROLE",
  "OIDC_READER_ROLE",
  "DASHBOARD_URL",
] as const;

type OpenIdConfig = {
  [name in "OIDC_ISSUER" | "OIDC_CLIENT_ID" | "OIDC_CLIENT_SECRET" | "DASHBOARD_URL"]: string | undefined;
} & {
  [name in "OIDC_SCOPE" | "OIDC_ROLE_CLAIM" | "OIDC_OPERATOR_ROLE" | "OIDC_READER_ROLE"]: string;
};

/** Undefined without an issuer; with one, the environment has the rest. */
export function openIdFromEnvironment(config: OpenIdConfig): OpenIdOptions | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, DASHBOARD_URL: dashboardUrl } = config;
  if (issuer === undefined || clientId === undefined || dashboardUrl === undefined) return undefined;
  return {
    issuer,
    clientId,
    clientSecret: config.OIDC_CLIENT_SECRET,
    scope: config.OIDC_SCOPE,
    roleClaim: config.OIDC_ROLE_CLAIM,
    operatorRole: config.OIDC_OPERATOR_ROLE,
    readerRole: config.OIDC_READER_ROLE,
    dashboardUrl,
  };
}
