import { once } from "node:events";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";

/** The roles of each user, who logs in with any password. */
export type Users = { readonly [user: string]: string[] };

/** An issuer of OpenID Connect on this machine, with one client. */
export async function startIssuer({
  users,
  redirectUri,
}: {
  users: Users;
  redirectUri: string;
}): Promise<AsyncDisposable & { issuer: string; clientId: string; clientSecret: string }> {
  const [clientId, clientSecret] = ["router", "hunter2-client-secret"];
  let provider: Provider | undefined;
  const { createServer } = await import("node:http");
  const server = createServer((request, reply) => provider?.callback()(request, reply));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    claims: { openid: ["sub"], profile: ["preferred_username", "roles"] },
    cookies: { keys: ["a key of the issuer"] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, roles: users[id] ?? [] }),
    }),
  });
  return {
    issuer,
    clientId,
    clientSecret,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
