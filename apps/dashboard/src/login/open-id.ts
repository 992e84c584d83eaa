import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import type { Role } from "./session.ts";

export type OpenIdOptions = {
  issuer: string;
  clientId: string;
  clientSecret?: string | undefined;
  /** Separated by blanks. */
  scope: string;
  /** With points for claims in claims. */
  roleClaim: string;
  operatorRole: string;
  readerRole: string;
  /** The dashboard's own. */
  dashboardUrl: string;
};

/** What a browser keeps between going to the issuer and coming back. */
export type Pending = { state: string; nonce: string; verifier: string; next: string };

/** `role` undefined: the issuer knows the user, who has no role here. */
export type OpenIdUser = { user: string; role: Role | undefined };

export type OpenId = {
  /** Where the browser logs in. @throws when the issuer does not answer */
  begin(next: string): Promise<{ url: string; pending: Pending }>;
  /** Who came back with these parameters. @throws when the issuer does not confirm them */
  finish(search: string, pending: Pending): Promise<OpenIdUser>;
};

const timeoutSeconds = 10;

/** Logs in by the authorization code flow with PKCE. The issuer is asked for its addresses once somebody logs in. */
export function createOpenId(options: OpenIdOptions): OpenId {
  const { issuer, clientId, clientSecret, scope, roleClaim } = options;
  const redirectUri = `${options.dashboardUrl.replace(/\/$/, "")}/login/callback`;
  let found: Promise<Configuration> | undefined;

  async function discover(): Promise<Configuration> {
    const url = new URL(issuer);
    const authentication = clientSecret === undefined ? None() : ClientSecretPost(clientSecret);
    return await discovery(url, clientId, undefined, authentication, {
      timeout: timeoutSeconds,
      // The environment allows http on this machine alone.
      ...(url.protocol === "http:" && { execute: [allowInsecureRequests] }),
    });
  }

  /** An issuer that was away is asked again. */
  async function configuration(): Promise<Configuration> {
    found ??= discover();
    try {
      return await found;
    } catch (error) {
      found = undefined;
      throw error;
    }
  }

  return {
    async begin(next) {
      const verifier = randomPKCECodeVerifier();
      const pending = { state: randomState(), nonce: randomNonce(), verifier, next };
      const url = buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      });
      return { url: url.href, pending };
    },

    async finish(search, { state, nonce, verifier }) {
      const config = await configuration();
      const tokens = await authorizationCodeGrant(config, new URL(`${redirectUri}${search}`), {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      const claims: object = tokens.claims() ?? {};
      const hasRole = claimAt(claims, roleClaim) !== undefined || !config.serverMetadata().userinfo_endpoint;
      const { sub = "" } = claims as { sub?: string };
      const more = hasRole ? {} : await fetchUserInfo(config, tokens.access_token, sub);
      return readUser({ ...more, ...claims }, options);
    },
  };
}

function readUser(claims: object, { roleClaim, operatorRole, readerRole }: OpenIdOptions): OpenIdUser {
  const { preferred_username: name, email, sub } = claims as { [claim: string]: unknown };
  const user = [name, email, sub].find((text) => typeof text === "string" && text !== "");
  const roles = [claimAt(claims, roleClaim)].flat();
  const role = roles.includes(operatorRole) ? "operator" : roles.includes(readerRole) ? "reader" : undefined;
  return { user: String(user).slice(0, 200), role };
}

function claimAt(claims: object, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path as keyof typeof claims];
  return path
    .split(".")
    .reduce<unknown>(
      (value, name) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, name)
          ? value[name as keyof typeof value]
          : undefined,
      claims,
    );
}
