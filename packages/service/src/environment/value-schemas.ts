import { isIP } from "node:net";
import { readRedisUrl } from "@customerio-router/redis";
import { z } from "zod";
import { isPlainUrl } from "../plain-url.ts";

// How the text of a variable is read. Each message ends the sentence that begins with the variable's name.

export function port() {
  const problem = "must be a whole number from 0 to 65535";
  return z
    .string()
    .regex(/^\d{1,5}$/, problem)
    .transform(Number)
    .refine((number) => number <= 65_535, problem);
}

export function wholeNumber() {
  return z
    .string()
    .regex(/^\d{1,15}$/, "must be a whole number")
    .transform(Number);
}

/** As Fastify's `trustProxy` takes them. Trusting whoever calls would let anybody name any address. */
export function trustedProxies() {
  return z.string().transform((text, context): false | string[] => {
    if (text === "false") return false;
    const proxies = text.split(",").map((proxy) => proxy.trim());
    if (proxies.every(isNetwork)) return proxies;
    const message = "must be false, or addresses such as 10.0.0.0/8, comma-separated";
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });
}

function isNetwork(text: string): boolean {
  if (["loopback", "linklocal", "uniquelocal"].includes(text)) return true;
  const [address = "", bits = "0", ...more] = text.split("/");
  const maxBits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= maxBits;
}

export function oneOf<const Choice extends string>(choices: readonly Choice[]) {
  return z.enum(choices, `must be one of ${choices.join(", ")}`);
}

export function redisUrl() {
  return z.string().superRefine((text, context) => {
    const read = readRedisUrl(text);
    if (!read.ok) context.addIssue({ code: "custom", message: read.problem });
  });
}

export function redisPrefix() {
  return z
    .string()
    .regex(/^[^{}]*$/, "must not contain a brace: a Redis Cluster would keep every key in one slot")
    .regex(/^[\w.-]{1,64}$/, "must be 1 to 64 letters, digits, dots, hyphens and underscores");
}

export function httpUrl() {
  return z
    .string()
    .refine(
      (text) => hasProtocol(text, ["http:", "https:"]),
      "must be a URL that begins with https:// or http://",
    )
    .refine(isPlainUrl, "must not contain a user, a password, `?` or `#`");
}

/** One whose path stands in cookies, pages and routes without being escaped. */
export function baseUrl() {
  return httpUrl().refine(
    (text) => /^(\/[\w.~-]+)*\/?$/.test(URL.parse(text)?.pathname ?? "/"),
    "must have a path of letters, digits, `-`, `_`, `.` and `~`, such as /customerio",
  );
}

export function archiveUrl() {
  return z
    .string()
    .regex(
      /^(off|file:(\/.*)?|s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[^?#]*)?)$/,
      "must be `file:`, `file:/path`, `s3://bucket/prefix` or `off`",
    );
}

function hasProtocol(text: string, protocols: string[]): boolean {
  const url = URL.parse(text);
  return url !== null && url.hostname !== "" && protocols.includes(url.protocol);
}

export function jsonObject() {
  return z.string().transform((text, context): Record<string, unknown> => {
    const value = parseJson(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
    context.addIssue({ code: "custom", message: 'must be a JSON object such as {"convertDates":false}' });
    return z.NEVER;
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
