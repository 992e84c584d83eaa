import { hkdfSync, randomUUID } from "node:crypto";
import type { RedisClient } from "@customerio-router/redis";
import type { Logger } from "@customerio-router/service";
import type { FastifyReply, FastifyRequest } from "fastify";
import { createEndedSessions } from "./ended-sessions.ts";

const cookieName = "customerio-router-session";
const sessionMs = 12 * 60 * 60 * 1000;

/** An operator may do everything, a reader looks and changes nothing. */
export type Role = "operator" | "reader";

/**
 * What session cookies are signed with. It comes from the passwords, so that sessions outlive a restart, hold on every
 * dashboard with these passwords, and end when one is changed. Only ended ones are stored: a full Redis locks nobody out.
 */
export function sessionSecret({
  password,
  readOnlyPassword = "",
  secretKey = "",
}: {
  password: string;
  readOnlyPassword?: string | undefined;
  secretKey?: string | undefined;
}): string {
  const passwords = JSON.stringify([password, readOnlyPassword]);
  return Buffer.from(
    hkdfSync("sha256", passwords, secretKey, "customerio-router dashboard session", 32),
  ).toString("hex");
}

export type Sessions = {
  start(reply: FastifyReply, role: Role): void;
  /** On the server too: a copy of the cookie opens nothing any more. */
  end(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Who is logged in; `undefined`: nobody. */
  roleOf(request: FastifyRequest): Promise<Role | undefined>;
};

export function createSessions(options: { redis: RedisClient; logger: Logger }): Sessions {
  const ended = createEndedSessions(options);
  return {
    start(reply, role) {
      reply.setCookie(cookieName, `${Date.now() + sessionMs}.${role}.${randomUUID()}`, {
        signed: true,
        httpOnly: true,
        sameSite: "strict",
        secure: "auto",
        path: "/",
        maxAge: sessionMs / 1000,
      });
    },
    async end(request, reply) {
      const session = readSession(request);
      if (session) await ended.add(session);
      reply.clearCookie(cookieName, { path: "/" });
    },
    async roleOf(request) {
      const session = readSession(request);
      return session && !(await ended.has(session.id)) ? session.role : undefined;
    },
  };
}

/** What a cookie that we signed says, while it is good. */
function readSession(request: FastifyRequest): { id: string; role: Role; untilMs: number } | undefined {
  const cookie = request.cookies[cookieName];
  if (cookie === undefined) return undefined;
  const { valid, value } = request.unsignCookie(cookie);
  const [until, role, id] = (valid ? value : "").split(".");
  const untilMs = Number(until);
  if (id === undefined || untilMs <= Date.now()) return undefined;
  return role === "operator" || role === "reader" ? { id, role, untilMs } : undefined;
}
