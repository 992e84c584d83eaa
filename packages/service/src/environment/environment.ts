import { isIP } from "node:net";
import { z } from "zod";
import { findRedisUrlProblem } from "./redis-url.ts";

/** One environment variable: how it is read, and what README says of it. */
export type EnvironmentVariable = {
  /** One line for README's table. */
  description: string;
  /** The text that stands in for a variable that is unset or empty. */
  default?: string;
  /** True when whoever reads the variable cannot do without it. */
  required?: true;
  /** True when the value is never shown: logs say only whether it is set, problems never quote it. */
  secret?: true;
  /** From the text to the typed value. Messages end the sentence that begins with the variable's name. */
  schema: z.ZodType<unknown, string>;
};

/** Every environment variable of the project, in README's order. Nothing else is read from the environment. */
export const environmentVariables = {
  REDIS_URL: {
    description:
      "Where Redis is: `redis://`, `rediss://` (TLS), or a comma-separated list of a cluster's nodes. `npm start` runs one of its own without it",
    required: true,
    secret: true,
    schema: redisUrl(),
  },
  INTAKE_PORT: { description: "Port of the intake", default: "3000", schema: port() },
  INTAKE_URL: {
    description:
      "Where callers reach the intake from outside, such as `https://events.example.com`; without it, under the address of their request",
    schema: httpUrl(),
  },
  DASHBOARD_PORT: { description: "Port of the dashboard", default: "3001", schema: port() },
  SANDBOX_PORT: { description: "Port of the sandbox", default: "3002", schema: port() },
  WORKER_PORT: {
    description: "Port of the worker's health and metrics; `0` takes any free one",
    default: "3003",
    schema: port(),
  },
  HOST: {
    description: "Address to listen on; `0.0.0.0` for every interface, as in a container",
    default: "127.0.0.1",
    schema: z.string().regex(/^[\w.:%-]+$/, "must be a host name or an address to listen on"),
  },
  LOG_LEVEL: {
    description: "`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`",
    default: "info",
    schema: oneOf(["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
  },
  DATA_DIR: { description: "Folder for what is kept on disk", default: ".data", schema: z.string() },
  SPOOL_BYTES: {
    description:
      "Bytes of messages that each intake keeps in `DATA_DIR` while Redis is away, slow or nearly full; beyond them callers are asked to send again. `0` keeps none",
    default: "1000000000",
    schema: wholeNumber(),
  },
  REMEMBERED_IDS: {
    description:
      "How many `messageId`s of each connection are remembered, a day or two at most, so that what is sent again is kept once; each takes 60 bytes of Redis. `0` remembers none",
    default: "1000000",
    schema: wholeNumber(),
  },
  RECORD_BYTES: {
    description:
      "Bytes of Redis for the record of what became of each message, over all connections; kept for a day at most, the oldest goes first. `0` keeps none",
    default: "512000000",
    schema: wholeNumber(),
  },
  RATE_LIMIT_PER_ADDRESS: {
    description:
      "Requests a second that one intake takes from one address, averaged over some seconds; `0` for no limit",
    default: "20000",
    schema: wholeNumber(),
  },
  RATE_LIMIT_PER_KEY: {
    description:
      "Messages a second that one intake takes of one write key, averaged over some seconds; `0` for no limit",
    default: "100000",
    schema: wholeNumber(),
  },
  KEEP_ALIVE_TIMEOUT_MS: {
    description:
      "Milliseconds that the intake keeps a connection open for the next request; more than the idle timeout of the load balancer in front of it, or that one meets connections just closed",
    default: "75000",
    schema: wholeNumber(),
  },
  TRUST_PROXY: {
    description:
      "Whose `X-Forwarded-` headers the intake believes: addresses or networks of the proxies in front of it, comma-separated, `loopback` and `uniquelocal` among them; `false` for nobody's",
    default: "false",
    schema: trustedProxies(),
  },
  SECRET_KEY: {
    description:
      "Seals API keys in Redis; at least 32 characters, the same for every process. `npm start` makes and keeps one",
    secret: true,
    schema: z.string().min(32, "must have at least 32 characters; `openssl rand -base64 32` makes one"),
  },
  OLD_SECRET_KEY: {
    description: "The former `SECRET_KEY`, for `npm run rekey` alone",
    secret: true,
    schema: z.string(),
  },
  DASHBOARD_PASSWORD: {
    description: "Password of the dashboard; without one it listens on loopback only",
    secret: true,
    schema: z.string(),
  },
  DASHBOARD_READ_ONLY_PASSWORD: {
    description: "Password for people who look at the dashboard and change nothing",
    secret: true,
    schema: z.string(),
  },
  DASHBOARD_LOGIN_CODE: {
    description:
      "One-time code that opens the dashboard by the link `/login?code=…`, once, within ten minutes of its start; `npm start` makes one",
    secret: true,
    schema: z.string().min(16, "must have at least 16 characters; `openssl rand -hex 16` makes one"),
  },
  DASHBOARD_API_TOKEN: {
    description: "Bearer token that opens the dashboard's JSON API under `/api`",
    secret: true,
    schema: z.string().min(16, "must have at least 16 characters; `openssl rand -base64 24` makes one"),
  },
  DASHBOARD_MASK_PERSONAL_DATA: {
    description:
      "`true` shows messages, in the dashboard and in Bull Board, without what may be personal in them",
    default: "false",
    schema: oneOf(["true", "false"]).transform((text) => text === "true"),
  },
  CUSTOMERIO_SITE_ID: {
    description: "Site ID of the Customer.io workspace of a connection made from the environment",
    schema: z.string().regex(/^[!-9;-~]+$/, "must be printable characters without spaces and colons"),
  },
  CUSTOMERIO_API_KEY: {
    description: "Track API key of that workspace",
    secret: true,
    schema: z.string().regex(/^[!-~]+$/, "must be printable characters without spaces"),
  },
  CUSTOMERIO_REGION: {
    description: "Region of that workspace: `us` or `eu`",
    default: "us",
    schema: oneOf(["us", "eu"]),
  },
  CUSTOMERIO_TRACK_URL: {
    description: "Where to send instead of Customer.io's own host; needs `ALLOW_CUSTOM_TRACK_URL=true`",
    schema: httpUrl(),
  },
  ALLOW_CUSTOM_TRACK_URL: {
    description: "`true` lets connections name a host that is not Customer.io's",
    default: "false",
    schema: oneOf(["true", "false"]).transform((text) => text === "true"),
  },
  WRITE_KEY: {
    description: "Write key with which callers reach that connection",
    secret: true,
    schema: z
      .string()
      .max(200, "must have at most 200 characters")
      .regex(/^[!-9;-~]+$/, "must be printable characters without spaces and colons"),
  },
  CONNECTION_NAME: {
    description: "Name of that connection; its id is derived from it",
    schema: z.string().trim().min(1, "must not be blank").max(100, "must have at most 100 characters"),
  },
  CONNECTION_SETTINGS: {
    description: "Settings of that connection, as a JSON object",
    schema: jsonObject(),
  },
  METRICS_TOKEN: {
    description:
      "Bearer token that opens `/metrics`; without one only this machine may read it, and no proxy on it",
    secret: true,
    schema: z.string().min(16, "must have at least 16 characters; `openssl rand -base64 24` makes one"),
  },
  SANDBOX_SITE_ID: {
    description: "Site ID the sandbox accepts",
    default: "sandbox-site",
    schema: z.string(),
  },
  SANDBOX_API_KEY: {
    description: "API key the sandbox accepts",
    default: "sandbox-key",
    secret: true,
    schema: z.string(),
  },
} as const satisfies Record<string, EnvironmentVariable>;

export type EnvironmentVariableName = keyof typeof environmentVariables;

/** What is wrong with one variable. `problem` ends the sentence that begins with its name and quotes no secret. */
export type EnvironmentProblem = { name: EnvironmentVariableName; problem: string };

function port() {
  const problem = "must be a whole number from 0 to 65535";
  return z
    .string()
    .regex(/^\d{1,5}$/, problem)
    .transform(Number)
    .refine((number) => number <= 65_535, problem);
}

function wholeNumber() {
  return z
    .string()
    .regex(/^\d{1,15}$/, "must be a whole number")
    .transform(Number);
}

/** As Fastify's `trustProxy` takes them. Trusting whoever calls would let anybody name any address. */
function trustedProxies() {
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

function oneOf<const Choice extends string>(choices: readonly Choice[]) {
  return z.enum(choices, `must be one of ${choices.join(", ")}`);
}

function redisUrl() {
  return z.string().superRefine((text, context) => {
    const message = findRedisUrlProblem(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
}

function httpUrl() {
  return z
    .string()
    .refine(
      (text) => hasProtocol(text, ["http:", "https:"]),
      "must be a URL that begins with https:// or http://",
    )
    .refine(isPlainUrl, "must not hold a user, a password, `?` or `#`: leave them out");
}

/** As written: of `https://host/#` and `https://@host` a parsed URL shows no trace, and what is appended goes astray. */
function isPlainUrl(text: string): boolean {
  return !/[?#]|^\w+:[/\\]*[^/\\]*@/.test(text);
}

function hasProtocol(text: string, protocols: string[]): boolean {
  const url = URL.parse(text);
  return url !== null && url.hostname !== "" && protocols.includes(url.protocol);
}

function jsonObject() {
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
