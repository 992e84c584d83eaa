import { hkdfSync } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";

const cookieName = "customerio-router-session";
const sessionMs = 12 * 60 * 60 * 1000;

/** An operator may do everything, a reader looks and changes nothing. */
export type Role = "operator" | "reader";

/**
 * What session cookies are signed with. It comes from the passwords, so that sessions outlive a restart, hold on every
 * dashboard with these passwords, and end when one is changed. Nothing is stored: a full Redis locks nobody out.
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

export function startSession(reply: FastifyReply, role: Role): void {
  reply.setCookie(cookieName, `${Date.now() + sessionMs}.${role}`, {
    signed: true,
    httpOnly: true,
    sameSite: "strict",
    secure: "auto",
    path: "/",
    maxAge: sessionMs / 1000,
  });
}

export function endSession(reply: FastifyReply): void {
  reply.clearCookie(cookieName, { path: "/" });
}

/** Who is logged in; `undefined`: nobody. */
export function roleOf(request: FastifyRequest): Role | undefined {
  const cookie = request.cookies[cookieName];
  if (cookie === undefined) return undefined;
  const { valid, value } = request.unsignCookie(cookie);
  const [until, role] = (valid ? value : "").split(".");
  if (Number(until) <= Date.now()) return undefined;
  return role === "operator" || role === "reader" ? role : undefined;
}
