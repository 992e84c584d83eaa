import { hkdfSync } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";

const cookieName = "customerio-router-session";
const sessionMs = 12 * 60 * 60 * 1000;

/**
 * What session cookies are signed with. It comes from the password, so that sessions outlive a restart, hold on every
 * dashboard with this password, and end when it is changed. Nothing is stored: a full Redis locks nobody out.
 */
export function sessionSecret({
  password,
  secretKey = "",
}: {
  password: string;
  secretKey?: string | undefined;
}): string {
  return Buffer.from(
    hkdfSync("sha256", password, secretKey, "customerio-router dashboard session", 32),
  ).toString("hex");
}

export function startSession(reply: FastifyReply): void {
  reply.setCookie(cookieName, String(Date.now() + sessionMs), {
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

export function hasSession(request: FastifyRequest): boolean {
  const cookie = request.cookies[cookieName];
  if (cookie === undefined) return false;
  const { valid, value } = request.unsignCookie(cookie);
  return valid && Number(value) > Date.now();
}
