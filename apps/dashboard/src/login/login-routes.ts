import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import { sendPage } from "../page/send-page.ts";
import { textFields } from "../page/text-fields.ts";
import { equalSecrets } from "../security/equal-secrets.ts";
import { localPath } from "./local-path.ts";
import { loggedInPage, loginPage } from "./login-page.ts";
import type { OneTimeCode } from "./one-time-code.ts";
import type { OpenId } from "./open-id.ts";
import { openIdRoutes } from "./open-id-routes.ts";
import type { Role, Sessions } from "./session.ts";

type LoginOptions = {
  sessions: Sessions;
  /** Without one nobody comes in by a password. */
  password: string | undefined;
  /** Lets readers in. */
  readOnlyPassword: string | undefined;
  oneTimeCode: OneTimeCode;
  openId: OpenId | undefined;
};

/** Tries of one address: enough for a person, centuries for a guesser of the passwords that `npm start` makes. */
const tries = { max: 10, timeWindow: 60_000 };

/** `GET /login`, which also takes the one-time `?code=`; `POST /login`; `POST /logout`; by OpenID Connect, where it is set up. */
export async function loginRoutes(
  app: FastifyInstance,
  { sessions, password, readOnlyPassword, oneTimeCode, openId }: LoginOptions,
): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { statusCode, after }) =>
      Object.assign(new Error(`Too many login attempts: wait ${after}, then try again.`), { statusCode }),
  });
  const limited = { config: { rateLimit: tries } };
  const ways = { hasPassword: password !== undefined, hasIssuer: openId !== undefined };

  app.get("/login", limited, async (request, reply) => {
    const { code, ...query } = textFields(request.query);
    const next = localPath(query.next);
    if (await sessions.find(request)) return reply.redirect(next, 303);
    if (code === undefined) return sendPage(reply, loginPage({ next, ...ways }));
    if (oneTimeCode.accept(code)) {
      await sessions.start(request, reply, { role: "operator" });
      return sendPage(reply, loggedInPage({ next }));
    }
    request.log.warn({ address: request.ip }, "a login with an invalid one-time code");
    const problem = "This link has been used, or is older than 10 minutes. Log in with the password.";
    return sendPage(reply, loginPage({ next, problem, ...ways }), 401);
  });

  app.post("/login", limited, async (request, reply) => {
    const { password: given = "", ...fields } = textFields(request.body);
    const next = localPath(fields.next);
    const role = roleWith(given);
    if (role === undefined) {
      request.log.warn({ address: request.ip }, "a login with a wrong password");
      return sendPage(reply, loginPage({ next, problem: "Wrong password.", ...ways }), 401);
    }
    await sessions.start(request, reply, { role });
    return reply.redirect(next, 303);
  });

  /** Both are always compared, so that the time tells nothing. */
  function roleWith(given: string): Role | undefined {
    const isOperator = password !== undefined && equalSecrets(given, password);
    const isReader = readOnlyPassword !== undefined && equalSecrets(given, readOnlyPassword);
    if (isOperator) return "operator";
    return isReader ? "reader" : undefined;
  }

  app.post("/logout", async (request, reply) => {
    await sessions.logOut(request, reply);
    return reply.redirect("/login", 303);
  });

  if (openId) openIdRoutes(app, { openId, sessions, limited, hasPassword: ways.hasPassword });
}
