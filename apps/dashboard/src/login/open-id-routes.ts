import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import { localPath } from "./local-path.ts";
import { loggedInPage, loginPage } from "./login-page.ts";
import type { OpenId, OpenIdUser, Pending } from "./open-id.ts";
import type { Sessions } from "./session.ts";

const cookieName = "customerio-router-login";
const pendingSeconds = 600;

/** `GET /login/issuer` goes to the issuer of OpenID Connect, which sends the browser back to `GET /login/callback`. */
export function openIdRoutes(
  app: FastifyInstance,
  {
    openId,
    sessions,
    limited,
    hasPassword,
  }: { openId: OpenId; sessions: Sessions; limited: object; hasPassword: boolean },
): void {
  const refuse = (reply: FastifyReply, problem: string, status: number) =>
    sendPage(reply, loginPage({ next: "/", problem, hasPassword, hasIssuer: true }), status);

  app.get("/login/issuer", limited, async (request, reply) => {
    try {
      const { url, pending } = await openId.begin(localPath(textFields(request.query).next));
      // Lax: the issuer's redirect has to bring it.
      reply.setCookie(cookieName, JSON.stringify(pending), {
        ...{ signed: true, httpOnly: true, sameSite: "lax", secure: "auto" },
        maxAge: pendingSeconds,
      });
      return await reply.redirect(url, 303);
    } catch (error) {
      request.log.error({ err: error }, "the issuer of OpenID Connect does not answer as it should");
      return refuse(
        reply,
        "The login service does not answer. Try again; the dashboard's log says why.",
        502,
      );
    }
  });

  app.get("/login/callback", limited, async (request, reply) => {
    const pending = readPending(request);
    reply.clearCookie(cookieName);
    if (pending === undefined) return refuse(reply, "This login was begun elsewhere or too long ago.", 400);
    let found: OpenIdUser;
    try {
      found = await openId.finish(new URL(request.url, "http://here").search, pending);
    } catch (error) {
      request.log.warn({ err: error, address: request.ip }, "a login that the issuer did not confirm");
      return refuse(reply, "The login service did not confirm this login. Try again.", 401);
    }
    const { user, role } = found;
    if (role === undefined) {
      request.log.warn({ user, address: request.ip }, "a login of a user without a role");
      return refuse(reply, `${user} has no role here: ask for that of an operator or a reader.`, 403);
    }
    await sessions.start(request, reply, { role, user });
    return sendPage(reply, loggedInPage({ next: localPath(pending.next) }));
  });
}

function readPending(request: FastifyRequest): Pending | undefined {
  const { valid, value } = request.unsignCookie(request.cookies[cookieName] ?? "");
  return valid && value !== null ? (JSON.parse(value) as Pending) : undefined;
}
