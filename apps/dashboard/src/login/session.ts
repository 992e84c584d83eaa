import { hkdfSync, randomUUID } from "node:crypto";
import type { RedisClient } from "@customerio-router/redis";
import type { Logger } from "@customerio-router/service";
import type { FastifyReply, FastifyRequest } from "fastify";
import { createEndedSessions } from "./ended-sessions.ts";
import { createSessionList, type ListedSession } from "./session-list.ts";

const cookieName = "customerio-router-session";
const sessionMs = 12 * 60 * 60 * 1000;

/** An operator may do everything, a reader looks and changes nothing. */
export type Role = "operator" | "reader";

/** A session as its cookie has it. */
export type Session = { id: string; role: Role; user: string; untilMs: number };

/**
 * What session cookies are signed with. It comes from the passwords and SECRET_KEY, so that sessions outlive a restart, hold on every
 * dashboard with these, and end when one is changed. Only ended ones decide in Redis: a full one locks nobody out.
 */
export function sessionSecret({
  password = "",
  readOnlyPassword = "",
  secretKey = "",
}: {
  password?: string | undefined;
  readOnlyPassword?: string | undefined;
  secretKey?: string | undefined;
}): string {
  const passwords = JSON.stringify([password, readOnlyPassword]);
  return Buffer.from(
    hkdfSync("sha256", passwords, secretKey, "customerio-router dashboard session", 32),
  ).toString("hex");
}

export type Sessions = {
  /** `user` is left out where a password lets in: then the role names who it is. */
  start(request: FastifyRequest, reply: FastifyReply, who: { role: Role; user?: string }): Promise<void>;
  /** On the server: a copy of the cookie opens nothing any more. */
  end(session: Pick<Session, "id" | "untilMs">): Promise<void>;
  /** Ends that of the request, and takes its cookie away. */
  logOut(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Who is logged in; `undefined`: nobody. */
  find(request: FastifyRequest): Promise<Session | undefined>;
  list(): Promise<ListedSession[]>;
};

export function createSessions(options: { redis: RedisClient; logger: Logger }): Sessions {
  const ended = createEndedSessions(options);
  const list = createSessionList(options);

  async function end({ id, untilMs }: Pick<Session, "id" | "untilMs">): Promise<void> {
    await ended.add({ id, untilMs });
    await list.remove(id);
  }

  return {
    async start(request, reply, { role, user = role }) {
      const startedAtMs = Date.now();
      const session = { id: randomUUID(), role, user, untilMs: startedAtMs + sessionMs };
      reply.setCookie(cookieName, writeSession(session), {
        signed: true,
        httpOnly: true,
        sameSite: "strict",
        secure: "auto",
        maxAge: sessionMs / 1000,
      });
      request.viewer.user = user;
      await list.add({ ...session, from: request.ip, startedAtMs });
    },
    end,
    async logOut(request, reply) {
      const session = readSession(request);
      if (session) await end(session);
      reply.clearCookie(cookieName);
    },
    async find(request) {
      const session = readSession(request);
      return session && !(await ended.has(session.id)) ? session : undefined;
    },
    list: () => list.read(),
  };
}

function writeSession({ untilMs, role, id, user }: Session): string {
  return [untilMs, role, id, Buffer.from(user).toString("base64url")].join(".");
}

/** What a cookie that we signed says, while it is good. */
function readSession(request: FastifyRequest): Session | undefined {
  const cookie = request.cookies[cookieName];
  if (cookie === undefined) return undefined;
  const { valid, value } = request.unsignCookie(cookie);
  const [until, role, id, user = ""] = (valid ? value : "").split(".");
  const untilMs = Number(until);
  if (id === undefined || untilMs <= Date.now()) return undefined;
  if (role !== "operator" && role !== "reader") return undefined;
  return { id, role, user: Buffer.from(user, "base64url").toString() || role, untilMs };
}
